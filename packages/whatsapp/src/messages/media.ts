import { graphObject } from './graph-object.ts';
import { type Renderer } from './renderer.ts';

export const media: Renderer<'media'> = ({ media: { type, ...file } }) => ({
  type,
  [type]: graphObject(file),
});
