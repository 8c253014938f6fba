import { readAs } from '@alur/types';
import { type Router } from 'express';
import { Sender } from '../inbound/inbound-message.ts';
import { type People } from '../inbound/people.ts';
import { invalid } from './control-order.ts';

/** Who the contacts are: names, usernames, user ids, and whether webhooks may name their numbers. */
export function addContacts(router: Router, { people }: { people: People }): void {
  router.get('/contacts', (_request, response) => {
    response.json({ contacts: people.list() });
  });
  router.post('/contacts', (request, response) => {
    const order = readAs(Sender, request.body);
    if (!order.success) return invalid(response, order.error);
    response.json(people.meet(order.data));
  });
}
