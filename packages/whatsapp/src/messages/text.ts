import { graphObject } from './graph-object.ts';
import { type Renderer } from './renderer.ts';

export const text: Renderer<'text'> = ({ text: body, previewUrl }) => ({
  type: 'text',
  text: graphObject({ body, preview_url: previewUrl }),
});
