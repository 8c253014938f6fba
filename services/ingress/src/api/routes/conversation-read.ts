import { shardOf } from '@alur/store';
import { ConversationId, readAs } from '@alur/types';
import { refusal } from '../api-answer.ts';
import { ConversationAnswer, findOwn, shownConversation } from '../conversation-answer.ts';
import { defineRoute } from '../route.ts';

export const NO_CONVERSATION = refusal(
  404,
  'not_found',
  'The team has no such conversation, or it has been silent for 90 days',
);

/** Where a conversation stands. */
export const conversationRead = defineRoute({
  method: 'GET',
  path: 'conversations/:cid',
  name: 'conversation-read',
  scope: 'read',
  summary: 'Look at a conversation',
  answers: {
    200: {
      description: 'Where it stands, and its last twenty events with their messages.',
      schema: ConversationAnswer,
    },
    404: { description: 'The team has no such conversation.' },
  },
  handle: async ({ team, params }, { client, shards }) => {
    const at = { client, shard: shardOf(team.tenant, shards) };
    const cid = readAs(ConversationId, params['cid']).data;
    const found = cid && (await findOwn(cid, team, at));
    return found ? { status: 200, body: await shownConversation(found, team, at) } : NO_CONVERSATION;
  },
});
