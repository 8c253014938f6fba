import { graphObject } from './graph-object.ts';
import { type Renderer } from './renderer.ts';

export const template: Renderer<'template'> = (message) => ({
  type: 'template',
  template: graphObject(message.template),
  ...(message.ttlS !== undefined && { message_send_ttl_seconds: message.ttlS }),
});
