import { type Renderer } from './renderer.ts';

/** An empty emoji takes the reaction back. */
export const reaction: Renderer<'reaction'> = ({ reaction: { messageId, emoji } }) => ({
  type: 'reaction',
  reaction: { message_id: messageId, emoji },
});
