import { z } from 'zod';

/** What is different about one contact, by order. */
export const ContactOrder = z.strictObject({
  /** As messages address it: digits of a phone number, or a business-scoped user id. */
  to: z.string().min(1),
  /** The `wa_id` that it is answered with, and that its receipts and messages bear from then on. */
  waId: z
    .string()
    .regex(/^[0-9]{7,15}$/)
    .optional(),
  /** `false`: it has no WhatsApp, and what is sent to it fails with 131026. */
  reachable: z.boolean().optional(),
  /** The identity that a message may ask for; another one is refused with 137000. */
  identityKeyHash: z.string().min(1).optional(),
});
export type ContactOrder = z.infer<typeof ContactOrder>;

type ContactRule = Omit<ContactOrder, 'to'>;

/** How contacts differ from what their numbers say. */
export interface ContactRules {
  set(order: ContactOrder): void;
  /** What was ordered about a contact; what it is addressed by, or its wa_id. */
  find(to: string): ContactRule | undefined;
  /** The wa_id of a phone number as a caller writes it; undefined when it is none. */
  waIdOf(input: string): string | undefined;
  /** The wa_id of a phone number's digits. */
  waIdFor(digits: string): string;
}

export function createContactRules(hasVariants: boolean): ContactRules {
  const rules = new Map<string, ContactRule>();
  const waIdFor = (digits: string) => {
    const ordered = rules.size === 0 ? undefined : rules.get(digits)?.waId;
    return ordered ?? (hasVariants ? variantOf(digits) : digits);
  };
  return {
    waIdFor,
    set({ to, ...rule }) {
      const merged = { ...rules.get(to), ...rule };
      rules.set(to, merged);
      if (merged.waId !== undefined) rules.set(merged.waId, merged);
    },
    find: (to) => (rules.size === 0 ? undefined : rules.get(to)),
    waIdOf(input) {
      const digits = phoneDigits(input);
      return digits === undefined ? undefined : waIdFor(digits);
    },
  };
}

/** The digits of a phone number, written with or without `+`, spaces, hyphens and brackets. */
export function phoneDigits(input: string): string | undefined {
  const digits = input.replace(/[+\s()-]/g, '');
  return /^[0-9]{7,15}$/.test(digits) ? digits : undefined;
}

/**
 * The wa_id that Meta answers where it is not the number. Brazil: mobile numbers of area 31 and up have lost the 9 that was
 * added to them. Mexico and Argentina: mobile numbers have a digit after the country code that nobody dials any more.
 */
function variantOf(digits: string): string {
  const brazil = /^55(3[1-9]|[4-9]\d)9(\d{8})$/.exec(digits);
  if (brazil) return `55${brazil[1]}${brazil[2]}`;
  if (/^52[2-9]\d{9}$/.test(digits)) return `521${digits.slice(2)}`;
  if (/^54[1-8]\d{9}$/.test(digits)) return `549${digits.slice(2)}`;
  return digits;
}
