import { afterEach, describe, expect, test } from '@jest/globals';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { figure } from '../support/figure.ts';
import { messagesChange, metaJson, postWebhook, text, webhook } from '../support/meta.ts';
import { startPipeline, type Pipeline } from '../support/pipeline.ts';
import { waitFor } from '../support/wait.ts';

// Flows are read again while conversations go on: by a real runner, with the thread that checks them.

let pipeline: Pipeline | undefined;
afterEach(async () => {
  await pipeline?.stop();
  pipeline = undefined;
});

const FLOWS = 100;
const NODES = 40;

/** One of many flows; together they are more than anybody's. */
function flowOf(index: number, version: string): string {
  const nodes = Array.from(
    { length: NODES },
    (
      _,
      node,
    ) => `  - { id: n${node}, type: reply, config: { message: 'Flow ${index}, node ${node}: {{message.text}}' } }
`,
  );
  const trigger = index === 0 ? '  - { type: message, target: say }\n' : '';
  return `name: f${index}
version: '1.0'
nodes:
  - { id: say, type: reply, config: { message: '${version}: {{message.text}}' } }
${nodes.join('')}triggers:
${trigger}${nodes.map((_, node) => `  - { type: keyword, words: ['word ${index} ${node}'], target: n${node} }\n`).join('')}`;
}

const versionOf = (version: string) =>
  Object.fromEntries(
    Array.from({ length: FLOWS }, (_, index) => [`f${index}.ygtc`, flowOf(index, version)] as const),
  );

let said = 0;
/** Says a word, and resolves to what comes back and after how many ms. */
async function ask({
  webhookUrl,
  team,
  number,
  emulator,
}: Pipeline): Promise<{ answer: string; ms: number }> {
  said += 1;
  const from = String(628_000_000_000 + said);
  const began = performance.now();
  const message = { number: number.id, from, id: `wamid.${said}`, content: text('hi') };
  const body = metaJson(webhook(messagesChange(number.id, [message])));
  expect((await postWebhook(webhookUrl, body, { secret: team.appSecrets[0] ?? '' })).status).toBe(200);
  const entry = await waitFor(() => emulator.ledger().find(({ to }) => to === from), 'an answer', 30_000);
  return { answer: JSON.parse(JSON.stringify(entry.body)).text.body, ms: performance.now() - began };
}

const readiness = async ({ services }: Pipeline) => {
  const response = await fetch(`${services.get('flow-runner')?.opsUrl ?? ''}/readyz`);
  return { status: response.status, text: await response.text() };
};

/** The longest that the runner's event loop stood still since it was asked last, in ms. */
async function longestStop({ services }: Pipeline): Promise<number> {
  const response = await fetch(`${services.get('flow-runner')?.opsUrl ?? ''}/metrics`);
  const [, seconds] = /^nodejs_eventloop_lag_max_seconds (\S+)/m.exec(await response.text()) ?? [];
  return Number(seconds) * 1_000;
}

describe('flows that are read again', () => {
  test('are taken all at once, with conversations going on meanwhile', async () => {
    const started = await startPipeline({ flows: versionOf('one'), throughput: 1_000 });
    pipeline = started;
    expect((await ask(started)).answer).toBe('one: hi');
    for (const [file, flow] of Object.entries(versionOf('two')))
      await writeFile(join(started.dir, 'flows', file), flow);
    await longestStop(started);
    const runner = started.services.get('flow-runner');
    // Asked for twice at once.
    runner?.signal('SIGHUP');
    runner?.signal('SIGHUP');
    const answers: { answer: string; ms: number }[] = [];
    await waitFor(
      async () => {
        answers.push(await ask(started));
        return answers.at(-1)?.answer === 'two: hi' ? true : undefined;
      },
      'the new flows',
      60_000,
    );
    const slowest = Math.max(...answers.map(({ ms }) => ms));
    const stop = await longestStop(started);
    figure(
      `${FLOWS} flows of ${NODES} nodes read again: ${answers.length} answers meanwhile, slowest ${slowest.toFixed(0)} ms; the event loop stood still ${stop.toFixed(0)} ms at most`,
    );
    expect(answers.length).toBeGreaterThan(5);
    // A busy machine stands still by itself; a check on the spot would take seconds.
    expect(stop).toBeLessThan(1_000);
  }, 180_000);

  test('keep their team going when the folder is empty, or the runner is told to stop in the middle', async () => {
    const started = await startPipeline({ flows: versionOf('one') });
    pipeline = started;
    const folder = join(started.dir, 'flows');
    for (const file of await readdir(folder)) await rm(join(folder, file));
    const runner = started.services.get('flow-runner');
    runner?.signal('SIGHUP');
    await waitFor(
      async () => ((await readiness(started)).text.includes('there is no .ygtc file') ? true : undefined),
      'the refusal to be told',
    );
    expect((await readiness(started)).status).toBe(200);
    expect((await ask(started)).answer).toBe('one: hi');
    for (const [file, flow] of Object.entries(versionOf('two'))) await writeFile(join(folder, file), flow);
    runner?.signal('SIGHUP');
    expect(await runner?.kill('SIGTERM')).toBe(0);
    await started.start('flow-runner');
    expect((await ask(started)).answer).toBe('two: hi');
  }, 180_000);
});
