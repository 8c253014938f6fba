import { JsonObject, type Json } from '@alur/types';
import { z } from 'zod';
import { TestFile } from '../simulate/test-file.ts';
import { TEST_FILE_KEYS } from './key-docs.ts';

/** A file of conversation tests as a JSON Schema (draft-07), made from the definitions that `alur test` reads by. */
export function testJsonSchema(): JsonObject {
  const made: unknown = z.toJSONSchema(TestFile, { target: 'draft-07', io: 'input', unrepresentable: 'any' });
  const {
    $schema = '',
    properties,
    ...rest
  } = JsonObject.parse(tidy(JsonObject.parse(JSON.parse(JSON.stringify(made)))));
  const keys = Object.entries(JsonObject.parse(properties)).map(([key, value]): [string, Json] => {
    const description = TEST_FILE_KEYS[key];
    return [key, { ...(description !== undefined && { description }), ...JsonObject.parse(value) }];
  });
  return {
    $schema,
    title: 'Alur conversation tests',
    description: 'What a contact does, and what the flows say to it: a file that ends in .test.yaml.',
    ...rest,
    properties: Object.fromEntries(keys),
  };
}

/** A map that a text may stand for takes that text, too: the definition says it with a mark, since JSON Schema cannot. */
function tidy(value: Json): Json {
  if (typeof value === 'string') return value.replace(/__schema(\d+)/, 'json$1');
  if (Array.isArray(value)) return value.map(tidy);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== 'isShort' && key !== 'propertyNames');
  const tidied = Object.fromEntries(
    entries.map(([key, each]) => [key.replace(/^__schema(\d+)$/, 'json$1'), tidy(each)]),
  );
  return value['isShort'] === true ? { anyOf: [{ type: 'string' }, tidied] } : tidied;
}
