import { Option, type Command } from 'commander';
import { addExamples } from '../../add-examples.ts';
import type { ProgramOptions } from '../../program-options.ts';
import type { GraphFlags } from './graph.ts';

/** `alur graph` on the command line. */
export function addGraph(program: Command, { context, onOutcome }: ProgramOptions): void {
  const command = program.command('graph');
  addExamples(
    command,
    ['alur graph flows', 'Mermaid, for a README or a merge request'],
    ['alur graph my-bundle --format svg --out flows.svg', 'a picture'],
    ['alur graph flows --flow booking --format svg --out booking.svg', 'of one flow'],
  );
  command
    .description('Draw flows: nodes, ways and triggers, as Mermaid text, as an SVG picture, or as JSON.')
    .argument('<path...>', 'flow files, folders of flows, or bundles')
    .addOption(
      new Option('--format <name>', 'what to draw with')
        .choices(['mermaid', 'svg', 'json'])
        .default('mermaid'),
    )
    .option('--flow <name>', 'draw this flow alone')
    .option('--out <file>', 'write to this file and not to standard output')
    .addOption(
      new Option('--direction <way>', 'from the top down, or from left to right')
        .choices(['TB', 'LR'])
        .default('TB'),
    )
    .action(async (paths: string[], given: GraphFlags) => {
      const { graph } = await import('./graph.ts');
      onOutcome(await graph(paths, given, context));
    });
}
