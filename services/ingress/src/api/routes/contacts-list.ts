import { isContactsCursor, listContacts, shardOf, type ListedContact } from '@alur/store';
import { OptOutScope, Tag } from '@alur/types';
import { z } from 'zod';
import { ContactAnswer, shownContact } from '../conversation-answer.ts';
import { timeOf } from '../message-answer.ts';
import { defineRoute } from '../route.ts';

const LIMIT = 50;
const LIMIT_MAX = 200;

const Query = z.strictObject({
  /** `next` of the page before. */
  cursor: z.string().refine(isContactsCursor, 'give `next` of the page before').optional(),
  limit: z
    .string()
    .refine((text) => /^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= LIMIT_MAX, {
      message: `a number from 1 to ${LIMIT_MAX}`,
    })
    .optional(),
  tag: Tag.optional(),
});

const Listed = z.object({
  conversation: z.string(),
  phone_number_id: z.string(),
  contact: ContactAnswer,
  tags: z.array(z.string()),
  opted_out: OptOutScope.optional(),
  last_message_at: z.iso.datetime().optional(),
});

/** Contacts of the team, a page at a time. */
export const contactsList = defineRoute({
  method: 'GET',
  path: 'contacts',
  name: 'contacts-list',
  scope: 'read',
  summary: 'List contacts',
  query: Query,
  example: { query: { limit: '50', tag: 'vip' } },
  answers: {
    200: {
      description:
        'A page: whoever had an event last first, or those with a tag in no order. A page may hold fewer than `limit`; without `next` it is the last.',
      schema: z.object({ contacts: z.array(Listed), next: z.string().optional() }),
    },
  },
  handle: async ({ team, query }, { client, shards }) => {
    const { cursor, tag } = query;
    const named = { tenant: team.tenant, team: team.id, tag };
    const count = query.limit === undefined ? LIMIT : Number(query.limit);
    const shard = shardOf(team.tenant, shards);
    // One cursor is of one order.
    const fitting = cursor?.includes(':') === (tag === undefined) ? cursor : undefined;
    const page = await listContacts(client, shard, named, { cursor: fitting, count });
    return {
      status: 200,
      body: {
        contacts: page.contacts.map(shown),
        ...(page.cursor !== undefined && { next: page.cursor }),
      },
    };
  },
});

function shown({ cid, number, contact, lastMessageTime, optedOut }: ListedContact): z.infer<typeof Listed> {
  return {
    conversation: cid,
    phone_number_id: number,
    contact: shownContact(contact),
    tags: contact.tags,
    ...(optedOut !== undefined && { opted_out: optedOut }),
    ...(lastMessageTime > 0 && { last_message_at: timeOf(lastMessageTime * 1_000) }),
  };
}
