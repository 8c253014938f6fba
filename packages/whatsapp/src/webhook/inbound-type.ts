import { type Json, readAs } from '@alur/types';
import { type z } from 'zod';
import { type MessageContent } from './item.ts';

/** How one of Meta's message types is read. `part` is the member of the message that bears the type's name. */
export interface InboundType {
  type: string;
  /** Undefined when the part is missing or not as documented: the message then counts as `unsupported`. */
  read: (part: Json | undefined) => MessageContent | undefined;
}

/** Ties a type to its schema. Schemas name what is used; members that they do not name are accepted and left behind. */
export function inboundType<Schema extends z.ZodType>(
  type: string,
  schema: Schema,
  content: (part: z.output<Schema>) => MessageContent | undefined,
): InboundType {
  const read = (part: Json | undefined) => {
    const parsed = readAs(schema, part);
    return parsed.success ? content(parsed.data) : undefined;
  };
  return { type, read };
}
