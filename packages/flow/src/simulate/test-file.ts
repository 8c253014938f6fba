import { Json, JsonObject, OPT_OUT_WORDS, Tag } from '@alur/types';
import { z } from 'zod';
import { Action, short } from './action.ts';
import { parseDuration } from './duration.ts';
import { isPattern } from './matches.ts';

// How a file of conversation tests is written. Everything that a step may say stands here, and nowhere else.

const Pattern = z
  .string()
  .min(1)
  .max(1000)
  .refine(isPattern, 'the pattern is no regular expression of the RE2 kind');
/** A text as it is, or a pattern that is found in it. */
const Words = z.union([z.string(), z.strictObject({ match: Pattern })]);
const Span = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, 'write a span such as 25h, 90s or 1d 2h');
const Moment = z.iso
  .datetime({ offset: true, error: 'write a moment such as 2026-01-05T09:00:00Z' })
  .transform((text) => Math.floor(Date.parse(text) / 1000));

/** What is known of the contact. */
const Contact = z.strictObject({
  name: z.string().optional(),
  language: z.string().optional(),
  wa_id: z.string().optional(),
  user_id: z.string().optional(),
  username: z.string().max(64).optional(),
  tags: z.array(Tag).optional(),
});

const Opted = z.union([z.enum(['all', 'marketing']), z.literal(false)]);

/** What a bundle's tenant says beside its flows; as `bundle.yaml` has it. */
const Settings = z.strictObject({
  fallback_message: z.string().min(1).optional(),
  opt_out: z
    .strictObject({
      languages: z.array(z.enum(Object.keys(OPT_OUT_WORDS))).optional(),
      stop_words: z.array(z.string()).optional(),
      start_words: z.array(z.string()).optional(),
      confirmation: z.union([z.string().min(1), z.literal(false)]).optional(),
      confirmation_in: z.string().min(1).optional(),
    })
    .optional(),
});
export type Settings = z.infer<typeof Settings>;

/** The next answer that an `http` node gets. */
const Answer = z
  .strictObject({
    url: Words.optional(),
    method: z.string().optional(),
    /** A part of what the node sends. */
    sends: Json.optional(),
    status: z.int().min(100).max(599).optional(),
    headers: z.record(z.string(), z.string()).optional(),
    body: Json.optional(),
    failed: z.string().min(1).optional(),
    /** What the call takes. */
    ms: z.int().min(1).optional(),
  })
  .refine(
    ({ failed, status, body }) => failed === undefined || (status === undefined && body === undefined),
    'a call has failed, or it has an answer',
  );
export type Answer = z.infer<typeof Answer>;

/** What a message must have; what is not given may be anything. */
const Expected = short(
  'text',
  z.strictObject({
    text: Words.optional(),
    match: Pattern.optional(),
    header: Json.optional(),
    footer: Words.optional(),
    buttons: z.array(Json).optional(),
    list: z.array(Json).optional(),
    list_button: Words.optional(),
    link: JsonObject.optional(),
    asks_location: z.literal(true).optional(),
    image: Words.optional(),
    document: Words.optional(),
    audio: Words.optional(),
    video: Words.optional(),
    sticker: Words.optional(),
    caption: Words.optional(),
    filename: Words.optional(),
    location: JsonObject.optional(),
    contacts: z.array(Json).optional(),
    reaction: z.string().optional(),
    to: z.string().optional(),
    template: Words.optional(),
    language: z.string().optional(),
    parameters: z.array(Json).optional(),
    components: z.array(Json).optional(),
    interactive: JsonObject.optional(),
    raw: JsonObject.optional(),
    quotes: z.string().optional(),
    refused: z.enum(['window_closed', 'opted_out']).optional(),
    skipped: z.literal(true).optional(),
    instead_of: Words.optional(),
  }),
);

const ExpectedEvent = short('type', z.strictObject({ type: z.string(), payload: Json.optional() }));

const Step = z
  .strictObject({
    in: Action.optional(),
    advance: Span.optional(),
    contact: Contact.optional(),
    http: z.array(Answer).optional(),
    out: z.array(Expected).optional(),
    state: JsonObject.optional(),
    tags: z.array(z.string()).optional(),
    events: z.array(ExpectedEvent).optional(),
    logs: z.array(Words).optional(),
    outcome: z.enum(['completed', 'waiting', 'unmatched', 'failed', 'silent', 'stale']).optional(),
    failure: z.string().optional(),
    opted_out: Opted.optional(),
    /** The node that the run stands at: `node`, `flow/node`, or false. */
    waits: z.union([z.string(), z.literal(false)]).optional(),
  })
  .superRefine((step, check) => {
    if (step.in !== undefined && step.advance !== undefined) {
      const message = 'a step does one thing: give `in` or `advance`';
      check.addIssue({ code: 'custom', message, path: ['advance'] });
    }
  });
export type Step = z.infer<typeof Step>;

/** Where a conversation begins. */
const START = {
  at: Moment.optional(),
  contact: Contact.optional(),
  state: JsonObject.optional(),
  opted_out: Opted.optional(),
  /** How long ago the contact last wrote; without it, never. */
  last_message: Span.optional(),
};

const TestCase = z.strictObject({ name: z.string().min(1), ...START, steps: z.array(Step).min(1) });
export type TestCase = z.infer<typeof TestCase>;

/** A file of conversation tests. */
export const TestFile = z.strictObject({
  /** Files beside this one, or folders of flows; without it, all flows of its folder. */
  flows: z.array(z.string().min(1)).min(1).optional(),
  settings: Settings.optional(),
  ...START,
  tests: z.array(TestCase).min(1),
});
export type TestFile = z.infer<typeof TestFile>;
