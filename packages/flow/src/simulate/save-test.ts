import { Json, JsonObject } from '@alur/types';
import { isSeq, parseDocument } from 'yaml';
import { type Action } from './action.ts';
import { plainMap, type StepFacts } from './check-step.ts';
import { formatDuration } from './duration.ts';
import { isMap as isJsonMap } from './matches.ts';
import { readTests } from './read-tests.ts';
import { type SimulatedContact } from './simulated.ts';
import { type Answer } from './test-file.ts';
import { asExpected, oneLine } from './write-yaml.ts';

/** What happened in one step of a conversation. */
export interface RecordedStep {
  action?: Action;
  /** Seconds. */
  advance?: number;
  /** Who the contact was from here on, where that changed. */
  contact?: Partial<SimulatedContact>;
  http?: readonly Answer[];
  /** State before it, so that only changes are written. */
  before: JsonObject;
  facts: StepFacts;
}

export interface RecordedTest {
  /** Unix seconds. */
  at: number;
  contact: SimulatedContact;
  steps: readonly RecordedStep[];
  /** For a new file: the flows that it is about, where these are not all beside it. */
  flows?: readonly string[] | undefined;
}

/** A file of tests with one more; undefined where the file that there is holds no list of tests that can be added to. */
export function saveTest(
  existing: string | undefined,
  path: string,
  recorded: RecordedTest,
): { text: string; name: string } | undefined {
  if (existing === undefined) {
    const name = nameFor(recorded, []);
    const { flows } = recorded;
    const about = flows ? `flows: ${oneLine([...flows])}\n` : '';
    return { name, text: `${about}tests:\n${writeTest(name, recorded, 2)}` };
  }
  const { suite } = readTests({ path, text: existing });
  const list = parseDocument(existing).get('tests', true);
  if (!suite || !isSeq(list) || list.flow === true || !list.range) return undefined;
  const name = nameFor(
    recorded,
    suite.tests.tests.map((test) => test.name),
  );
  const [start, end] = list.range;
  const column = start - (existing.lastIndexOf('\n', start - 1) + 1);
  const before = existing.slice(0, end).trimEnd();
  const after = existing.slice(end).trim();
  const added = `${before}\n\n${writeTest(name, recorded, column)}`;
  return { name, text: after === '' ? added : `${added}\n${after}\n` };
}

// After what the contact said first: whoever keeps the test gives it a better name.
function nameFor({ steps }: RecordedTest, taken: readonly string[]): string {
  const said = steps.find(({ action }) => action?.text !== undefined)?.action?.text ?? 'conversation';
  const name = `says ${said.replace(/\s+/g, ' ').slice(0, 40).trim()}`;
  for (let count = 1; ; count += 1) {
    const numbered = count === 1 ? name : `${name} (${count})`;
    if (!taken.includes(numbered)) return numbered;
  }
}

function writeTest(name: string, { at, contact, steps }: RecordedTest, indent: number): string {
  const lines = [
    `- name: ${oneLine(name)}`,
    `  at: ${new Date(at * 1000).toISOString().replace('.000Z', 'Z')}`,
    `  contact: ${oneLine(contactEntry(contact))}`,
    '  steps:',
    ...steps.flatMap((step) =>
      stepLines(step).map((line, index) => `    ${index === 0 ? '- ' : '  '}${line}`),
    ),
  ];
  return lines.map((line) => `${' '.repeat(indent)}${line}\n`).join('');
}

function stepLines({ action, advance, contact, http = [], before, facts }: RecordedStep): string[] {
  const changed = changes(before, facts.state);
  return [
    ...(action ? [`in: ${oneLine(actionEntry(action))}`] : []),
    ...(advance === undefined ? [] : [`advance: ${formatDuration(advance)}`]),
    ...(contact ? [`contact: ${oneLine(contactEntry(contact))}`] : []),
    ...(http.length > 0
      ? ['http:', ...http.map((answer) => `  - ${oneLine(Json.parse(plainMap(answer)))}`)]
      : []),
    ...(facts.out.length === 0
      ? ['out: []']
      : ['out:', ...facts.out.map((view) => `  - ${oneLine(asExpected(view))}`)]),
    ...(Object.keys(changed).length > 0 ? [`state: ${oneLine(changed)}`] : []),
    ...(facts.events.length > 0 ? [`events: ${oneLine(Json.parse(facts.events))}`] : []),
    ...(facts.outcome === null ? [] : [`outcome: ${facts.outcome}`]),
  ];
}

// A text, and whatever else is one word, is written as the author would write it.
function actionEntry(action: Action): Json {
  const entry = JsonObject.parse(JSON.parse(JSON.stringify(action)));
  if (typeof entry['text'] === 'string' && Object.keys(entry).length === 1) return entry['text'];
  return Object.fromEntries(Object.entries(entry).map(([key, value]) => [key, withoutShortKey(value)]));
}

function withoutShortKey(value: Json): Json {
  if (!isJsonMap(value) || Object.keys(value).length !== 1) return value;
  return value['offered'] ?? value['caption'] ?? value;
}

function contactEntry(contact: Partial<SimulatedContact>): JsonObject {
  const { name, language, waId, userId, username, tags } = contact;
  return {
    ...(name !== undefined && { name }),
    ...(language !== undefined && { language }),
    ...(waId !== undefined && { wa_id: waId }),
    ...(userId !== undefined && { user_id: userId }),
    ...(username !== undefined && { username }),
    ...(tags && tags.length > 0 && { tags: [...tags] }),
  };
}

function changes(before: JsonObject, after: JsonObject): JsonObject {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return Object.fromEntries(
    keys.flatMap((key) =>
      JSON.stringify(before[key]) === JSON.stringify(after[key]) ? [] : [[key, after[key] ?? null]],
    ),
  );
}
