import { Json } from '@alur/types';
import { z } from 'zod';
import { To } from '../contact-body.ts';
import { Message, MESSAGE_KINDS } from '../message-body.ts';
import type { Route } from '../route.ts';

/** A JSON Schema, as `z.toJSONSchema` makes it. */
export type JsonSchema = z.core.JSONSchema.BaseSchema;

export interface NamedSchemas {
  /** By name: what stands under components/schemas. */
  all: Record<string, JsonSchema>;
  /** A reference to the schema of a route's body, or of one of its answers. */
  refTo: (schema: z.ZodType) => JsonSchema;
}

const REF = '#/components/schemas/';

export const ErrorAnswer = z.object({
  error: z.object({
    code: z.string().describe('Stable: programs may go by it'),
    message: z.string(),
    problems: z
      .array(z.looseObject({ at: z.string().optional(), message: z.string() }))
      .optional()
      .describe('All that is wrong, each with its place'),
  }),
});

/** The schemas of all routes under names of their own, each once: bodies as they are sent, answers as they are given. */
export function namedSchemas(routes: readonly Route[]): NamedSchemas {
  const [sent, given] = [z.registry<{ id?: string }>(), z.registry<{ id?: string }>()];
  const add = (registry: typeof sent, id: string, schema: z.ZodType) => {
    if (!registry.has(schema)) registry.add(schema, { id });
  };
  for (const [id, schema] of Object.entries({ Json, Contact: To, Message })) add(sent, id, schema);
  for (const [kind, schema] of Object.entries(MESSAGE_KINDS)) add(sent, messageName(kind), schema);
  add(given, 'Error', ErrorAnswer);
  for (const { name, body, answers } of routes) {
    if (body) add(sent, `${capitals(name)}Body`, body);
    for (const [status, { schema }] of Object.entries(answers))
      if (schema) add(given, `${capitals(name)}Answer${isAlone(answers) ? '' : status}`, schema);
  }
  return {
    all: withDiscriminator({ ...written(sent, 'input'), ...written(given, 'output') }),
    refTo: (schema) => ({ $ref: REF + (sent.get(schema)?.id ?? given.get(schema)?.id ?? 'Error') }),
  };
}

/** `messages-send` is `MessagesSend`. */
export function capitals(name: string): string {
  return name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function messageName(kind: string): string {
  return `${capitals(kind)}Message`;
}

function isAlone(answers: Route['answers']): boolean {
  return Object.values(answers).filter(({ schema }) => schema).length === 1;
}

function written(registry: z.core.$ZodRegistry<{ id?: string }>, io: 'input' | 'output') {
  const { schemas } = z.toJSONSchema(registry, {
    target: 'draft-2020-12',
    io,
    unrepresentable: 'any',
    uri: (id) => REF + id,
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, schema]): [string, JsonSchema] => [
      id,
      { ...schema, $id: undefined, $schema: undefined },
    ]),
  );
}

/** What tells the kinds of messages from each other, for whoever makes types of this. */
function withDiscriminator(all: Record<string, JsonSchema>): Record<string, JsonSchema> {
  const mapping = Object.fromEntries(
    Object.keys(MESSAGE_KINDS).map((kind) => [kind, REF + messageName(kind)]),
  );
  return { ...all, Message: { ...all['Message'], discriminator: { propertyName: 'kind', mapping } } };
}
