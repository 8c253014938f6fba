import { findOutbound, readMessageLife, shardOf, type MessageLife } from '@alur/store';
import { MessageId, NumberId, readAs } from '@alur/types';
import { z } from 'zod';
import { refusal } from '../api-answer.ts';
import { MessageAnswer, shownMessage } from '../message-answer.ts';
import { defineRoute, type ApiCall, type ApiDeps } from '../route.ts';

const answers = {
  200: { description: 'What became of it, step by step, with times.', schema: MessageAnswer },
  404: { description: 'The team has no such message, or it ended more than eight days ago.' },
};
const NO_MESSAGE = refusal(
  404,
  'not_found',
  'The team has no such message, or it ended more than eight days ago',
);

/** One message's life. */
export const messageRead = defineRoute({
  method: 'GET',
  path: 'messages/:mid',
  name: 'message-read',
  scope: 'read',
  summary: 'Look at a message',
  answers,
  handle: async (call, deps) => {
    const mid = readAs(MessageId, call.params['mid']).data;
    const life = mid && (await readOwn(mid, call, deps));
    return life ? { status: 200, body: shownMessage(life, call.bundle.errors) } : NO_MESSAGE;
  },
});

const FindBody = z.strictObject({
  wamid: z.string().min(1).max(512),
  /** Whose the message is; may be left out. */
  phone_number_id: NumberId.optional(),
});

/** The same by WhatsApp's id, which holds a phone number, so that it must not stand in an address. */
export const messageFind = defineRoute({
  method: 'POST',
  path: 'messages/find',
  name: 'message-find',
  scope: 'read',
  summary: "Find a message by WhatsApp's id",
  body: FindBody,
  writes: false,
  example: { body: { wamid: 'wamid.HBgMNjI4MTIzNDU2Nzg5FQIAERgS' } },
  answers,
  handle: async (call, deps) => {
    const { wamid, phone_number_id: id } = call.body;
    const shard = shardOf(call.team.tenant, deps.shards);
    const numbers = call.team.numbers.filter((number) => id === undefined || number.id === id);
    for (const { id: number } of numbers) {
      const found = await findOutbound(deps.client, shard, { number, wamid });
      const life = found && (await readOwn(found.mid, call, deps));
      if (life) return { status: 200, body: shownMessage(life, call.bundle.errors) };
    }
    return NO_MESSAGE;
  },
});

/** undefined for one of another team too, so that nobody learns that it is there. */
async function readOwn(
  mid: MessageId,
  { team }: Pick<ApiCall, 'team'>,
  { client, shards }: ApiDeps,
): Promise<MessageLife | undefined> {
  const life = await readMessageLife(client, shardOf(team.tenant, shards), mid);
  return life?.data.tenant === team.tenant && life.data.team === team.id ? life : undefined;
}
