import { outlineFlows, type Outline } from '@alur/flow';
import { CliError } from '../../cli-error.ts';
import type { Context, Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { readFlowSets } from '../../read-flow-sets.ts';
import { count } from '../../report.ts';
import { writeOutput } from '../../write-output.ts';
import { buildPicture } from './picture.ts';
import { renderMermaid } from './render-mermaid.ts';
import { renderSvg } from './render-svg.ts';

export interface GraphFlags {
  format: 'mermaid' | 'svg' | 'json';
  direction: 'TB' | 'LR';
  flow?: string;
  out?: string;
}

/** `alur graph`: draws what can be read, also where the flows have errors; those are for `alur validate` to tell. */
export async function graph(paths: readonly string[], flags: GraphFlags, { io }: Context): Promise<Outcome> {
  const { sets, faults } = await readFlowSets(paths, io);
  const results = sets.map(({ sources, strict }) => outlineFlows(sources, { strict }));
  const outlines = results.flatMap(({ outline }) => outline ?? []);
  const findings = results.flatMap((result) => result.findings);
  const errors = findings.filter(({ severity }) => severity === 'error').length + faults.length;
  requireFlows(outlines, flags.flow, paths);
  const drawing = draw(outlines, flags);
  if (flags.out !== undefined) await writeOutput(io, flags.out, drawing);
  const drawn = outlines
    .flatMap((outline) => outline.flows)
    .filter(({ name }) => flags.flow === undefined || name === flags.flow);
  const flows = drawn.map(({ name }) => name);
  return {
    exit: EXIT.ok,
    data: {
      format: flags.format,
      flows,
      errors,
      ...(flags.out === undefined ? { drawing } : { out: flags.out }),
    },
    text: flags.out === undefined ? drawing : `${count(flows.length, 'flow')} drawn in ${flags.out}\n`,
    warnings:
      errors === 0
        ? []
        : [
            `The flows have ${count(errors, 'error')}, and the picture may lack something: run \`alur validate\``,
          ],
  };
}

function requireFlows(
  outlines: readonly Outline[],
  wanted: string | undefined,
  paths: readonly string[],
): void {
  const names = outlines.flatMap(({ flows }) => flows.map(({ name }) => name));
  if (names.length === 0) {
    const message = `Cannot draw ${paths.map((path) => `"${path}"`).join(', ')}: no file can be read as a flow`;
    throw new CliError('invalidInput', message, 'run `alur validate` for the reason');
  }
  if (wanted === undefined || names.includes(wanted)) return;
  throw new CliError(
    'notFound',
    `Cannot draw flow "${wanted}": there is no such flow`,
    `name one of ${names.join(', ')}`,
  );
}

function draw(outlines: readonly Outline[], { format, direction, flow }: GraphFlags): string {
  switch (format) {
    case 'mermaid':
      return renderMermaid(buildPicture(outlines, flow), direction);
    case 'svg':
      return renderSvg(buildPicture(outlines, flow), direction);
    case 'json': {
      const flows = outlines.flatMap((outline) => outline.flows);
      return `${JSON.stringify({ flows: flows.filter(({ name }) => flow === undefined || name === flow) }, null, 2)}\n`;
    }
    default:
      return format satisfies never;
  }
}
