import { RE2JS } from 're2js';
import { type ParsedFlow } from '../read-flow.ts';
import { type YamlPath } from '../yaml-file.ts';
import { isComputed, isRecord, listAt, valueAt } from './raw-values.ts';

type Taker = (title: string) => boolean;
const takesAll: Taker = () => true;

/** W118: replies with a button or a row that nothing in all files would take. */
export function checkChoices(flows: readonly ParsedFlow[]): void {
  const triggers = flows.flatMap(({ yaml }) => listAt(yaml.value, ['triggers']));
  // A list of nodes by itself has no triggers: they stand in what is left out.
  if (triggers.length === 0 || flows.some(({ nodes }) => nodes.some(({ type }) => type === 'wait'))) return;
  const takers = triggers.flatMap((trigger) => takerOf(trigger) ?? []);
  // Few titles are asked for often: `Yes`, `Back to the menu`.
  const known = new Map<unknown, boolean>();
  const isKnownTaken = (title: unknown): boolean => {
    const taken = known.get(title) ?? isTaken(title, takers);
    known.set(title, taken);
    return taken;
  };
  if (takers.includes(takesAll)) return;
  for (const flow of flows) {
    for (const node of flow.nodes.filter(({ type }) => type === 'reply')) {
      const untaken = titlePaths(flow.yaml.value, node.configPath([])).find(
        (path) => !isKnownTaken(valueAt(flow.yaml.value, path)),
      );
      if (untaken) report(flow, node.id, untaken);
    }
  }
}

function report({ file, yaml }: ParsedFlow, id: string, path: YamlPath): void {
  file.report({
    code: 'W118',
    place: yaml.placeOf(path),
    message: `Nothing happens when the contact taps this choice of "${id}"`,
    fix: 'add a trigger of type `interactive`, and tell choices apart by `button.id`',
  });
}

/** What a trigger does with the title of a choice; undefined where it takes none. */
function takerOf(trigger: unknown): Taker | undefined {
  if (!isRecord(trigger)) return undefined;
  const { type, pattern, words } = trigger;
  if (type === 'interactive' || type === 'default') return takesAll;
  if (type === 'message') return typeof pattern === 'string' ? patternTaker(pattern) : takesAll;
  if (type !== 'keyword' || !Array.isArray(words)) return undefined;
  const known = new Set(words.map((word) => normalise(String(word))));
  return (title) => known.has(normalise(title));
}

function patternTaker(pattern: string): Taker {
  try {
    const compiled = RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE);
    return (title) => compiled.matcher(title).find();
  } catch {
    // Refused by itself; what it was to take is not known.
    return takesAll;
  }
}

function normalise(text: string): string {
  return text.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
}

// A computed title may be any of the words.
function isTaken(title: unknown, takers: readonly Taker[]): boolean {
  if (typeof title !== 'string') return true;
  return isComputed(title) ? takers.length > 0 : takers.some((takes) => takes(title));
}

/** Where the titles of a reply's buttons and rows stand. */
function titlePaths(value: unknown, config: YamlPath): YamlPath[] {
  const inList = (list: YamlPath, title: YamlPath) =>
    listAt(value, list).map((_, index) => [...list, index, ...title]);
  const action = [...config, 'interactive', 'action'];
  const sections = [...action, 'sections'];
  switch (valueAt(value, [...config, 'interactive', 'type'])) {
    case 'button':
      return inList([...action, 'buttons'], ['reply', 'title']);
    case 'list':
      return listAt(value, sections).flatMap((_, index) => inList([...sections, index, 'rows'], ['title']));
    default:
      return inList([...config, 'buttons'], ['title']);
  }
}
