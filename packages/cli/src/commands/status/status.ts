import { createTierQueues, shardOf } from '@alur/store';
import { CliError, toFailure } from '../../cli-error.ts';
import type { Context, Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import type { Colors } from '../../io.ts';
import { readPlaceBundle, withPlace, type PlaceFlags } from '../../place.ts';
import { renderFields } from '../../render-fields.ts';
import { renderFault } from '../../report.ts';
import type { Found } from './section.ts';
import { SECTIONS } from './sections/index.ts';

export interface StatusFlags extends PlaceFlags {
  watch: boolean;
}

const EVERY_MS = 2_000;

/** `alur status`: how the running system is, on one screen. Changes nothing. */
export async function status(flags: StatusFlags, context: Context, isJson: boolean): Promise<Outcome> {
  const { io } = context;
  if (!flags.watch) return readStatus(flags, context);
  if (isJson || !io.isTTY)
    throw new CliError(
      'usage',
      'Cannot watch: --watch needs a terminal',
      'leave --watch out, and run it again and again',
    );
  return { ...(await readStatus(flags, context)), hold: () => watch(flags, context) };
}

/** Draws the screen anew every two seconds until the process shall end. A Redis that is away is told of and waited for. */
async function watch(flags: StatusFlags, context: Context): Promise<void> {
  const { io, colors } = context;
  let isStopped = false;
  const stopped = io.untilStopped().then(() => {
    isStopped = true;
  });
  for (;;) {
    await Promise.race([pause(EVERY_MS), stopped]);
    if (isStopped) return;
    const text = await readStatus(flags, context).then(
      (outcome) => outcome.text,
      (error: unknown) =>
        toFailure(error)
          .faults.map((fault) => renderFault(fault, colors))
          .join('\n'),
    );
    // Cleared from the top, and not line by line: the screen may have become shorter.
    io.stdout.write(`\u001b[H\u001b[2J\u001b[3J${text}`);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

async function readStatus(flags: StatusFlags, { io, colors }: Context): Promise<Outcome> {
  const bundle = await readPlaceBundle(flags, io);
  return withPlace(flags, io, async (place) => {
    const queues = createTierQueues(await place.openQueueClient());
    try {
      const shards = [...new Set(bundle.tenants.map(({ id }) => shardOf(id, place.shards)))];
      const visit = { bundle, place, queues, shards, nowMs: Date.now() };
      const found = await Promise.all(
        SECTIONS.map(async (section) => [section.name, await section.read(visit)] as const),
      );
      return outcomeOf(found, colors);
    } finally {
      await queues.close();
    }
  });
}

type Part = readonly [name: string, found: Found];

function outcomeOf(parts: readonly Part[], colors: Colors): Outcome {
  const problems = parts.flatMap(([, found]) => found.problems ?? []);
  const message = `the system is not ready: ${problems.join('; ')}`;
  const data = {
    ready: problems.length === 0,
    problems,
    ...Object.fromEntries(parts.map(([name, found]) => [name, found.data])),
  };
  return {
    exit: problems.length === 0 ? EXIT.ok : EXIT.notReady,
    data,
    text: [...parts.flatMap((part) => renderPart(part, colors)), endOf(problems, colors), ''].join('\n'),
    ...(problems.length > 0 && { error: { code: 'not_ready', message } }),
  };
}

function renderPart([name, { fields }]: Part, colors: Colors): string[] {
  return fields.length === 0 ? [] : [colors.bold(name), ...renderFields(fields, colors), ''];
}

function endOf(problems: readonly string[], colors: Colors): string {
  if (problems.length === 0) return colors.green('✓ ready');
  return problems.map((problem) => colors.red(`✗ not ready: ${problem}`)).join('\n');
}
