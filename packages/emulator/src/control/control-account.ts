import { type Router } from 'express';
import { z } from 'zod';
import { ACCOUNT_EVENT_NAMES } from './account-events.ts';
import { onNumber } from './control-order.ts';
import { AccountOrder, type AccountDeps, newsOf, sendAccount, templateNews } from './send-account.ts';
import { TemplateOrder } from '../templates/template-book.ts';

const TokenOrder = z.strictObject({ number: z.string().min(1), accessToken: z.string().min(1) });

const NumberOrder = z
  .strictObject({
    number: z.string().min(1),
    throughput: z.number().int().min(1).optional(),
    /** `null`: none. */
    tierLimit: z.number().int().min(1).nullable().optional(),
  })
  .refine(({ throughput, tierLimit }) => throughput !== undefined || tierLimit !== undefined, {
    error: 'give throughput, tierLimit or both',
  });

/** What happens to an account at Meta: any webhook about it, another token, other limits, another status of a template. */
export function addAccount(router: Router, deps: AccountDeps): void {
  router.get('/account', (_request, response) => {
    response.json({ events: ACCOUNT_EVENT_NAMES });
  });
  router.post(
    '/account',
    onNumber(AccountOrder, deps, (order, number) => sendAccount(newsOf(order, number, deps), number, deps)),
  );
  router.post(
    '/token',
    onNumber(TokenOrder, deps, ({ accessToken }, number) => {
      deps.numbers.replaceToken(number.id, accessToken, deps.nowMs());
      return { success: true };
    }),
  );
  router.post(
    '/number',
    onNumber(NumberOrder, deps, ({ throughput, tierLimit }, number) => {
      deps.numbers.change(number.id, { throughput, tierLimit });
      return { success: true };
    }),
  );
  router.post(
    '/template',
    onNumber(TemplateOrder, deps, (order, number) => {
      const before = deps.templates.set(number.wabaId, order);
      return sendAccount(templateNews(order, before), number, deps);
    }),
  );
}
