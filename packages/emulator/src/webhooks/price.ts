import { type TemplateBook } from '../templates/template-book.ts';
import { type ContactBook } from '../limits/contact-book.ts';
import { type LedgerEntry } from '../ledger.ts';
import { type NumberSettings } from '../options.ts';
import { type Price } from './status-object.ts';

export interface PriceDeps {
  templates: Pick<TemplateBook, 'categoryOf'>;
  contacts: Pick<ContactBook, 'resolve' | 'lastWroteMs'>;
  windowMs: number;
}

/**
 * What Meta would charge: nothing for what a contact is answered, a template by its category, and a utility template
 * nothing inside the window. A template of no known category counts as utility.
 */
export function createPrices({ templates, contacts, windowMs }: PriceDeps) {
  return (entry: LedgerEntry, number: NumberSettings): Price => {
    if (entry.type !== 'template') return { category: 'service', type: 'free_customer_service' };
    const known = templates.categoryOf(number.wabaId, templateName(entry));
    const category = known?.toLowerCase() ?? 'utility';
    const wroteMs = contacts.lastWroteMs(number.id, contacts.resolve(entry.to));
    const isOpen = entry.at - wroteMs <= windowMs;
    return { category, type: category === 'utility' && isOpen ? 'free_customer_service' : 'regular' };
  };
}

function templateName({ body }: LedgerEntry): string {
  const { template } = body;
  const isObject = typeof template === 'object' && template !== null && 'name' in template;
  return isObject && typeof template['name'] === 'string' ? template['name'] : '';
}
