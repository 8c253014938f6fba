/** What programs stumble over in data from outside, as JSON, in which `__proto__` is a member like any other. */
export const UNMEASURABLE = '{"length":[{"toString":[]}]}';
export const HOSTILE: readonly [label: string, json: string][] = [
  ['a length that cannot be compared', UNMEASURABLE],
  ['a length that is no number of any kind', '{"length":{"toString":1,"valueOf":[]},"x":1}'],
  ['a length in a list', `[${UNMEASURABLE}]`],
  ['the length of a text', '{"length":3}'],
  ['__proto__', '{"__proto__":{"polluted":true,"length":[{"toString":0}]}}'],
  ['constructor', '{"constructor":{"name":{"toString":1},"prototype":{"polluted":true}}}'],
  ['toJSON, toString and valueOf', '{"toJSON":1,"toString":2,"valueOf":[]}'],
  ['a number beyond doubles', '1e999'],
  ['half of a surrogate pair', '"\\ud800"'],
  ['NUL', '"\\u0000"'],
  ['30 lists in each other', `${'['.repeat(30)}${UNMEASURABLE}${']'.repeat(30)}`],
];

const MARK = 'here stands what is hostile';

/** A value as JSON, once for each place in it, with `json` in that place. */
export function inEachPlace(value: unknown, json: string): string[] {
  return places(value).map((path) => JSON.stringify(put(value, path)).replace(`"${MARK}"`, () => json));
}

type Path = readonly string[];

function places(value: unknown): Path[] {
  if (typeof value !== 'object' || value === null) return [[]];
  return [
    [],
    ...Object.entries(value).flatMap(([key, member]) => places(member).map((path) => [key, ...path])),
  ];
}

function put(value: unknown, [key, ...rest]: Path): unknown {
  if (key === undefined) return MARK;
  if (Array.isArray(value))
    return value.map((member: unknown, index) => (String(index) === key ? put(member, rest) : member));
  const entries = Object.entries(Object(value));
  return Object.fromEntries(
    entries.map(([each, member]) => [each, each === key ? put(member, rest) : member]),
  );
}
