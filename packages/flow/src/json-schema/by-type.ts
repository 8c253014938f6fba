import { type JsonObject } from '@alur/types';

export interface Variant {
  /** Values of `type` that it is for. */
  types: readonly string[];
  /** What one of this type looks like: a whole schema or a reference to one. */
  schema: JsonObject;
  doc?: string;
}

/**
 * An object that looks different by its `type`. With `if` and `then` in place of `oneOf`, an editor completes the keys
 * of the type that is written, and complains about that type alone.
 */
export function byType(
  variants: readonly Variant[],
  frame: { required: string[]; properties: JsonObject; typeDoc: string },
): JsonObject {
  const docs = variants.flatMap(({ types, doc }) => types.map(() => doc ?? ''));
  const type: JsonObject = {
    description: frame.typeDoc,
    type: 'string',
    enum: variants.flatMap(({ types }) => types),
    // Not of the standard, and passed over by whoever does not know it.
    ...(docs.some((doc) => doc !== '') && { enumDescriptions: docs }),
  };
  return {
    type: 'object',
    required: frame.required,
    properties: { ...frame.properties, type },
    allOf: variants.map(({ types, schema }) => ({
      if: { required: ['type'], properties: { type: { enum: [...types] } } },
      then: schema,
    })),
  };
}
