import { z } from 'zod';

const TOO_DEEP = 'nested too deeply to be read';

/**
 * What a schema makes of a value from outside: `safeParse` that does not throw, whatever the value is. zod runs the length checks of
 * texts and lists also on an object that stands in their place and has a `length`, and throws where that cannot be compared, as
 * with `{ "length": [{ "toString": [] }] }`. It throws as well where a value is nested beyond the stack.
 * Such a value is read again without the members that no number can be made of, so that its faults stand where they are.
 */
export function readAs<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): z.ZodSafeParseResult<z.output<Schema>> {
  try {
    return schema.safeParse(value);
  } catch (error) {
    if (error instanceof RangeError) return tooDeep();
    if (error instanceof TypeError) return readTamed(schema, value);
    throw error;
  }
}

// What throws twice is a fault of the schema, and goes on as one.
function readTamed<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): z.ZodSafeParseResult<z.output<Schema>> {
  try {
    return schema.safeParse(tamed(value));
  } catch (error) {
    if (error instanceof RangeError) return tooDeep();
    throw error;
  }
}

function tooDeep<Output>(): z.ZodSafeParseResult<Output> {
  return z.custom<Output>(() => false, TOO_DEEP).safeParse(undefined);
}

function tamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tamed);
  if (!isPlain(value)) return value;
  const kept = Object.entries(value).filter(([key, member]) => key !== 'length' || isComparable(member));
  return Object.fromEntries(kept.map(([key, member]): [string, unknown] => [key, tamed(member)]));
}

// Of whatever realm: the prototype of plain objects has none itself.
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function isComparable(value: unknown): boolean {
  try {
    Number(value);
    return true;
  } catch {
    return false;
  }
}
