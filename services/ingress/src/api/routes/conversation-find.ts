import { findConversation, readConversationLife, shardOf } from '@alur/store';
import { ReleaseBody } from '../contact-body.ts';
import { ConversationAnswer, shownConversation } from '../conversation-answer.ts';
import { defineRoute } from '../route.ts';
import { numberOf, unknownNumber } from '../team-number.ts';
import { NO_CONVERSATION } from './conversation-read.ts';

/** The conversation with a contact. By POST, since whom it is about must not stand in an address. */
export const conversationFind = defineRoute({
  method: 'POST',
  path: 'conversations/find',
  name: 'conversation-find',
  scope: 'read',
  summary: 'Find the conversation with a contact',
  body: ReleaseBody,
  writes: false,
  example: { body: { to: { wa_id: '6281234567890' } } },
  answers: {
    200: {
      description: 'Where it stands, and its last twenty events with their messages.',
      schema: ConversationAnswer,
    },
    404: { description: 'There is none with this contact.' },
  },
  handle: async ({ team, body }, { client, shards }) => {
    const number = numberOf(team, body.phone_number_id);
    if (!number) return unknownNumber(team);
    const at = { client, shard: shardOf(team.tenant, shards) };
    const { wa_id: waId, user_id: userId } = body.to;
    const cid = await findConversation(client, at.shard, number.id, { waId, userId });
    const life = cid && (await readConversationLife(client, at.shard, cid));
    if (!life) return NO_CONVERSATION;
    return { status: 200, body: await shownConversation({ life, number: number.id }, team, at) };
  },
});
