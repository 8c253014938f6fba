const TITLE_CHARS_MAX = 56;

type Config = Readonly<Record<string, unknown>>;
type Say = (value: unknown, config: Config) => string | undefined;

/**
 * What a config is about, by its keys: the first of these that has something to say gives the title. A new node type
 * whose config begins with a text needs no line here.
 */
const TITLES: readonly (readonly [key: string, say: Say])[] = [
  ['message', text],
  ['template', (value) => text(value) ?? named('template', field(value, 'name'))],
  ['interactive', (value) => text(field(field(value, 'body'), 'text')) ?? text(field(value, 'type'))],
  ['media', (value) => join(field(value, 'type'), field(value, 'caption') ?? field(value, 'filename'))],
  ['location', (value) => join('location', field(value, 'name'))],
  ['contacts', () => 'contact card'],
  ['reaction', (value) => join('reaction', field(value, 'emoji'))],
  ['buttons', (value) => amount(value, 'button')],
  ['raw', (value) => join('raw', field(value, 'type'))],
  ['conditions', (value) => amount(value, 'condition')],
  ['action', (value, { key }) => join(value, key)],
  ['expect', (value, { save }) => join(value, text(save) && named('→', save))],
  ['save', (value) => named('→', value)],
  ['timeout', (value) => (word(value) === undefined ? undefined : `for ${word(value)} s`)],
  ['url', (value, { method }) => join(method ?? 'GET', value)],
  ['add', (value) => named('add', value)],
  ['remove', (value) => named('remove', value)],
];

/** A few words of what a node does, on one line; empty where its config says nothing in words. */
export function nodeTitle(config: Config): string {
  const said = TITLES.flatMap(([key, say]) =>
    config[key] === undefined ? [] : (say(config[key], config) ?? []),
  );
  const [title = firstText(config)] = said;
  return shorten(oneLine(title ?? ''));
}

/** Keys such as `on_timeout` name nodes, which the picture shows anyway. */
function firstText(config: Config): string | undefined {
  return Object.entries(config).flatMap(([key, value]) =>
    key.startsWith('on_') ? [] : (text(value) ?? []),
  )[0];
}

/** All white space, line ends too, becomes one space. */
export function oneLine(value: string): string {
  return value.replace(/\s+/g, ' ').trim();
}

function shorten(title: string): string {
  const chars = Array.from(title);
  if (chars.length <= TITLE_CHARS_MAX) return title;
  return `${chars
    .slice(0, TITLE_CHARS_MAX - 1)
    .join('')
    .trimEnd()}…`;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** Of a file that may be faulty, anything can stand here: also what has no words. */
function word(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : text(value);
}

function field(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([name]) => name === key)?.[1];
}

function join(...parts: unknown[]): string {
  return parts.flatMap((part) => text(part) ?? []).join(' ');
}

function named(what: string, value: unknown): string {
  return join(what, Array.isArray(value) ? value.flatMap((part) => word(part) ?? []).join(', ') : value);
}

function amount(value: unknown, thing: string): string | undefined {
  if (!Array.isArray(value)) return undefined;
  return `${value.length} ${thing}${value.length === 1 ? '' : 's'}`;
}
