import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { makeDemoBundle, readFlowSources, type DemoResult } from '@alur/bundle';
import type { Context, Outcome } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { pathFrom, type Io } from '../io.ts';

export interface DemoArguments {
  dir: string;
  graphBaseUrl: string;
  publicBaseUrl: string;
  flows: string;
}

/** `alur demo-bundle`: a bundle to try things with. */
export async function demoBundle(given: DemoArguments, { io }: Context): Promise<Outcome> {
  const result = await makeDemo(given, io);
  return { exit: EXIT.ok, data: result, text: renderDemo(given.dir, result) };
}

export async function makeDemo(given: DemoArguments, io: Io): Promise<DemoResult> {
  const folder = pathFrom(io, given.flows);
  return makeDemoBundle({
    dir: pathFrom(io, given.dir),
    publicBaseUrl: given.publicBaseUrl,
    graphBaseUrl: given.graphBaseUrl,
    flows: await readFlowSources(folder, dirname(folder)),
    random: (bytes) => randomBytes(bytes).toString('hex'),
  });
}

export function renderDemo(dir: string, result: DemoResult): string {
  if (result.kind === 'real_bundle_present')
    return `There is a real bundle in ${dir}: the demo leaves it alone.\n`;
  const { created, changed } = result;
  if (created.length + changed.length === 0) return `The demo bundle in ${dir} is there already.\n`;
  return [
    `Demo bundle in ${dir}:`,
    ...created.map((path) => `  created  ${path}`),
    ...changed.map((path) => `  changed  ${path}`),
    '',
  ].join('\n');
}
