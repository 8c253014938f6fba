import { graphObject } from './graph-object.ts';
import { type Renderer } from './renderer.ts';

export const interactive: Renderer<'interactive'> = (message) => ({
  type: 'interactive',
  interactive: graphObject(message.interactive),
});
