import { graphObject } from './graph-object.ts';
import { type Renderer } from './renderer.ts';

export const location: Renderer<'location'> = (message) => ({
  type: 'location',
  location: graphObject(message.location),
});
