import { type Router } from 'express';
import { z } from 'zod';
import { TemplateDefinition, readAs } from '@alur/types';
import { ContactOrder, type ContactRules } from '../account/contact-rules.ts';
import { invalid, onNumber } from '../control/control-order.ts';
import { type BrokenLinks, LinkOrder } from '../media/broken-links.ts';
import { type Reviewer, ReviewOrder } from '../templates/review-templates.ts';
import { type TemplateBook } from '../templates/template-book.ts';
import { fromDefinition } from '../templates/template-draft.ts';
import { type NumberBook } from './number-book.ts';

export interface GraphOrderDeps {
  numbers: NumberBook;
  rules: ContactRules;
  brokenLinks: BrokenLinks;
  reviewer: Reviewer;
  templates: TemplateBook;
  nowMs: () => number;
}

const TemplatesOrder = z.strictObject({
  number: z.string().min(1),
  templates: z.array(TemplateDefinition).max(6_000),
});

/** Orders about what Graph calls meet: contacts that differ, links that fail, reviews of templates, templates that are there. */
export function addGraphOrders(router: Router, deps: GraphOrderDeps): void {
  const { rules, brokenLinks, reviewer, templates } = deps;
  router.post('/contact', (request, response) => {
    const order = readAs(ContactOrder, request.body);
    if (!order.success) return invalid(response, order.error);
    rules.set(order.data);
    response.json({ success: true });
  });
  router.post('/media-link', (request, response) => {
    const order = readAs(LinkOrder, request.body);
    if (!order.success) return invalid(response, order.error);
    brokenLinks.break(order.data);
    response.json({ success: true });
  });
  router.post(
    '/template-review',
    onNumber(ReviewOrder, deps, (order, { wabaId }) => {
      const template = templates.find(wabaId, order);
      if (!template)
        return { success: false, error: `No template ${order.name} in ${order.language} is defined` };
      reviewer.decide(template, order);
      return { success: true };
    }),
  );
  router.post(
    '/templates',
    onNumber(TemplatesOrder, deps, ({ templates: given }, { wabaId }) => {
      for (const definition of given) {
        const known = templates.find(wabaId, definition);
        if (known) templates.remove(known);
        templates.add(fromDefinition(definition, wabaId, deps.nowMs()));
      }
      return { success: true };
    }),
  );
}
