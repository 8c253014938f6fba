import { type z } from 'zod';
import { readAs } from '../../read-as.ts';

type Schemas = Readonly<Record<string, z.ZodType>>;

/** The schema for a type that Meta writes in either case; undefined for one that is not known here. */
export function schemaFor(schemas: Schemas, type: unknown): z.ZodType | undefined {
  if (typeof type !== 'string') return undefined;
  const name = type.toLowerCase();
  return Object.hasOwn(schemas, name) ? schemas[name] : undefined;
}

/** Adds what `schema` has to say of `value`, which stands at `path` in what is being checked. */
export function checkPart(
  schema: z.ZodType | undefined,
  value: unknown,
  path: readonly PropertyKey[],
  context: z.core.$RefinementCtx,
): void {
  if (schema === undefined) return;
  for (const issue of readAs(schema, value).error?.issues ?? [])
    context.addIssue({ ...issue, path: [...path, ...issue.path] });
}
