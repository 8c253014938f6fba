import { flowJsonSchema } from '@alur/flow';
import type { Context, Outcome } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { writeOutput } from '../write-output.ts';
import { schemaText } from './schema-text.ts';

export interface SchemaFlags {
  /** Of files of conversation tests. */
  tests: boolean;
  out?: string;
}

/** `alur schema`: the JSON Schema of flow files or of files of tests, for editors. */
export async function schema({ tests, out }: SchemaFlags, { io }: Context): Promise<Outcome> {
  const document = flowJsonSchema(tests ? 'tests' : 'flow');
  const text = schemaText(document);
  if (out === undefined) return { exit: EXIT.ok, data: document, text };
  await writeOutput(io, out, text);
  return { exit: EXIT.ok, data: { out }, text: `The schema is in ${out}\n` };
}
