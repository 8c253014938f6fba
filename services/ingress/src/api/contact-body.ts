import { NumberId, JsonObject } from '@alur/types';
import { readPhoneNumber, USER_ID } from '@alur/whatsapp';
import { z } from 'zod';

const INPUT_BYTES_MAX = 65_536;

/** A phone number as people write it; from here on digits. */
const WaId = z.string().transform((written, issues) => {
  const read = readPhoneNumber(written);
  if (read.kind === 'number') return read.waId;
  issues.addIssue(
    `${read.reason}; write \`+\`, the country code and the number, or the digits of a \`wa_id\``,
  );
  return z.NEVER;
});

/** A WhatsApp user: by phone number, or by the id that a business has for them. */
export const To = z
  .strictObject({
    wa_id: WaId.optional(),
    user_id: z.string().regex(USER_ID, 'a business-scoped user id: `US.13491208655302741918`').optional(),
    name: z.string().min(1).max(256).optional(),
  })
  .refine(({ wa_id, user_id }) => wa_id !== undefined || user_id !== undefined, 'give `wa_id` or `user_id`');

/** Names a call: the same key is taken once. */
export const IdempotencyKey = z.string().min(1).max(200).describe('The same key is taken once');

const contact = {
  to: To,
  /** The business's number that the conversation is with; may be left out where the team has one only. */
  phone_number_id: NumberId.optional(),
};

export const ReleaseBody = z.strictObject(contact);

export const EventBody = z.strictObject({
  ...contact,
  event_type: z.string().min(1).max(200),
  /** What the flow reads as `input.<name>`. */
  input: JsonObject.refine(
    (input) => JSON.stringify(input).length <= INPUT_BYTES_MAX,
    `at most ${INPUT_BYTES_MAX / 1024} KiB`,
  ).default({}),
  idempotency_key: IdempotencyKey.optional(),
});
export type EventBody = z.infer<typeof EventBody>;
export type ReleaseBody = z.infer<typeof ReleaseBody>;
