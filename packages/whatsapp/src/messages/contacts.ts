import { graphObject } from './graph-object.ts';
import { type Renderer } from './renderer.ts';

export const contacts: Renderer<'contacts'> = (message) => ({
  type: 'contacts',
  contacts: message.contacts.map(graphObject),
});
