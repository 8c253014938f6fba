import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { compileFlows, loadFlows } from '@alur/flow';
import { parseDocument } from 'yaml';
import { ROOT } from '../scripts/run.mjs';
import { createFlowChecker } from '../services/flow-runner/dist/flows/check-off-thread.js';
import { takeSteps } from '../services/flow-runner/dist/flows/take-steps.js';
import { ratio, show, spread } from './rounds.mjs';

const FLOWS = 1_000;

/** Loading a thousand flows, beside reading their YAML and nothing else; and what a running service notices of it. */
export async function compareLoading({ settings, say }) {
  const sources = thousandFlows();
  const kib = sources.reduce((sum, { text }) => sum + text.length, 0) / 1024;
  say(`\nLoading: ${FLOWS.toLocaleString('en')} flows, ${kib.toFixed(0)} KiB`);
  const [loads, reads, blocks, blocksHere] = [[], [], [], []];
  for (let round = 0; round < settings.rounds; round += 1) {
    loads.push(seconds(() => load(sources)));
    reads.push(seconds(() => sources.forEach(({ text }) => parseDocument(text, { version: '1.2' }).toJS())));
    blocks.push(await longestBlockMs(() => reload(sources)));
    blocksHere.push(await longestBlockMs(async () => void load(sources)));
    say(
      `  ${round + 1}/${settings.rounds} loaded in ${loads.at(-1).toFixed(2)} s, YAML alone ${reads.at(-1).toFixed(2)} s, longest block ${blocks.at(-1).toFixed(0)} ms`,
    );
  }
  say(`\nA flow: ${show(spread(loads.map((s) => (s * 1000) / FLOWS)))} ms`);
  say(`Loading by reading the YAML alone (time, 1 is as fast): ${show(ratio(loads, reads))}`);
  say(
    `Longest block of a running service: ${show(spread(blocks), 0)} ms; in the same thread ${show(spread(blocksHere), 0)} ms`,
  );
}

/** The example flows over and over, under other names. */
function thousandFlows() {
  const folder = join(ROOT, 'flows/examples');
  const texts = readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.ygtc'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .filter((text) => !text.includes('flow2flow'));
  return Array.from({ length: FLOWS }, (_, index) => ({
    path: `f${index}.ygtc`,
    text: texts[index % texts.length].replace(/^name: .*$/m, `name: f${index}`),
  }));
}

function load(sources) {
  const { flows, findings } = loadFlows(sources);
  if (!flows) throw new Error(JSON.stringify(findings.find(({ severity }) => severity === 'error')));
}

async function reload(sources) {
  const check = createFlowChecker();
  const { checked } = await check({ sources, strict: true });
  await takeSteps(compileFlows(checked));
}

function seconds(work) {
  const startedAt = performance.now();
  work();
  return (performance.now() - startedAt) / 1000;
}

async function longestBlockMs(work) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  // It measures from tick to tick.
  await new Promise((done) => setTimeout(done, 20));
  await work();
  await new Promise((done) => setTimeout(done, 20));
  delay.disable();
  return delay.max / 1e6;
}
