import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import prettier from 'prettier';
import { parse } from 'yaml';
import { commentsOf } from './comments.ts';
import { formatFlow } from './format-flow.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const FLOWS = join(ROOT, 'flows');
const FILES = readdirSync(FLOWS, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ygtc'))
  .map((name) => ({ name, text: readFileSync(join(FLOWS, name), 'utf8') }));
const OPTIONS = { parser: 'yaml', singleQuote: true, printWidth: 110, trailingComma: 'all' } as const;

/** The new text; a refusal fails the test. */
function format(text: string): string {
  const formatted = formatFlow(text);
  if (formatted.kind === 'refused') throw new Error(`${formatted.reason}:\n${text}`);
  return formatted.text;
}

describe('formatFlow()', () => {
  test.each([
    ['indentation and dashes', 'a:\n- b\n-    c: 1\n     d: 2\n', 'a:\n  - b\n  - c: 1\n    d: 2\n'],
    ['blank lines at the end and their absence', 'a: 1\n\n\n', 'a: 1\n'],
    ['a missing end of line', 'a: 1', 'a: 1\n'],
    ['spaces at the ends of lines', 'a: 1   \nb: 2\t\n', 'a: 1\nb: 2\n'],
    ['ends of lines', 'a: 1\r\nb: 2\r\n', 'a: 1\nb: 2\n'],
    [
      'quotes',
      'a: "x"\nb: "it\'s"\nc: \'say "x"\'\nd: "say \\"x\\""\n',
      "a: 'x'\nb: \"it's\"\nc: 'say \"x\"'\nd: 'say \"x\"'\n",
    ],
    ['quotes that an escape needs', 'a: "x\\ny"\n', 'a: "x\\ny"\n'],
    ['braces', 'a: {b: [1,2],c: {}}\n', 'a: { b: [1, 2], c: {} }\n'],
    ['braces over several lines that fit on one', 'a: {\n  b: 1,\n  c: 2 }\n', 'a: { b: 1, c: 2 }\n'],
    ['two blank lines', 'a: 1\n\n\n\nb: 2\n', 'a: 1\n\nb: 2\n'],
    ['a blank line before the first entry', 'a:\n\n  - b\n', 'a:\n  - b\n'],
    ['a marker of a document', '---\na: 1\n', 'a: 1\n'],
  ])('evens out %s', (_, before, after) => {
    expect(format(before)).toBe(after);
  });

  test.each([
    [
      'comments beside keys, values and entries',
      '# top\n\na: # of a\n  - b # of b\n\n  # of c\n  - c\n# end\n',
    ],
    [
      'how deep comments stand',
      'a:\n  - b: 1\n    # of b\n  # of the list\n\n  - c: 1\n    # of c\n# of d\n\nd: 1\n',
    ],
    ['a blank line between nodes', 'nodes:\n  - id: a\n    type: x\n\n  - id: b\n'],
    ['the order of keys', 'z: 1\na: 2\n'],
    ['numbers as they are written', 'a: 1.0\nb: 0x1F\nc: 1e3\nd: -122.4194\n'],
    ['empty values', 'a:\nb: ~\nc: null\n'],
    ['lines of a folded text', 'a: >\n  one\n  two\n\n  three\nb: 1\n'],
    ['lines of a literal text', 'a: |-\n  # no comment\n    two\nb: 1\n'],
    ['lines of a text without a mark', 'a: one\n  two\nb: 1\n'],
    ['a long text, which has no place to break', `a: '${'word '.repeat(60)}'\n`],
    ['anchors and aliases', 'a: &x { b: 1 }\nc: *x\n'],
  ])('keeps %s', (_, text) => {
    expect(formatFlow(text)).toEqual({ kind: 'formatted', text, isChanged: false });
  });

  test('puts the entries of braces on lines of their own where they pass 110 columns', () => {
    const fits = `- { id: a, text: '${'x'.repeat(89)}' }\n`;
    expect(fits.trimEnd()).toHaveLength(110);
    expect(format(fits)).toBe(fits);
    expect(format(fits.replace('xx', 'xxx'))).toBe(`- {\n    id: a,\n    text: '${'x'.repeat(90)}',\n  }\n`);
  });

  test('refuses what is not YAML, with its place', () => {
    const refused = formatFlow('a: 1\nb: [\n');
    expect(refused).toMatchObject({ kind: 'refused', findings: [{ code: 'E101', severity: 'error' }] });
  });

  test.each(['a: 1\na: 2\n', '? [x]\n: 1\n', 'a: !odd x\n', '# only a comment\n', ''])(
    'never throws: %j',
    (text) => {
      expect(() => formatFlow(text)).not.toThrow();
    },
  );
});

describe('formatFlow() and prettier', () => {
  test.each(FILES)('agree on $name', async ({ text }) => {
    const formatted = format(text);
    expect(formatted).toBe(await prettier.format(text, OPTIONS));
    expect(await prettier.format(formatted, OPTIONS)).toBe(formatted);
  });
});

/** Ways to write the same file worse. */
const MUTATIONS: ((line: string, at: number) => string)[] = [
  (line) => `${line}   `,
  (line) => line.replace(/: "([^'"\\]+)"$/, ": '$1'"),
  (line) => line.replace(/: '([^'"\\{}]+)'$/, ': "$1"'),
  (line) => (line.endsWith('"') ? line : `${line} # why`),
  (line, at) => `${line}\n# note ${at}`,
  (line) => `${line}\n\n\n`,
  (line) => line.replace(/^( *)- /, '$1-   '),
  (line) => line.replaceAll('{', '{  ').replaceAll('[', '[ '),
  (line) => line.replace(/, /, ',\n          '),
];

const MUTATED = fc
  .tuple(
    fc.constantFrom(...FILES.map(({ text }) => text)),
    fc.array(fc.tuple(fc.nat(10_000), fc.nat(MUTATIONS.length - 1)), { maxLength: 12 }),
    fc.boolean(),
  )
  .map(([text, changes, isWide]) => {
    const lines = text.split('\n');
    for (const [at, which] of changes) {
      const index = at % lines.length;
      lines[index] = MUTATIONS[which]?.(lines[index] ?? '', index) ?? '';
    }
    return isWide
      ? lines.map((line) => line.replace(/^ +/, (indent) => indent + indent)).join('\n')
      : lines.join('\n');
  });

describe('formatFlow() on files that were changed at random', () => {
  test('keeps value and comments, and comes to the same a second time, or leaves the file alone', () => {
    const kinds = { formatted: 0, refused: 0, notYaml: 0 };
    fc.assert(
      fc.property(MUTATED, (text) => {
        const result = formatFlow(text);
        if (result.kind === 'refused') {
          kinds[result.findings.length > 0 ? 'notYaml' : 'refused'] += 1;
          return;
        }
        kinds.formatted += 1;
        expect(JSON.stringify(parse(result.text))).toBe(JSON.stringify(parse(text)));
        expect(commentsOf(result.text)).toEqual(commentsOf(text));
        expect(formatFlow(result.text)).toEqual({ kind: 'formatted', text: result.text, isChanged: false });
        expect(result.text).not.toMatch(/[ \t]$|\n\n\n|\t/m);
      }),
      { numRuns: 200, seed: 1 },
    );
    expect(kinds.formatted).toBeGreaterThan(80);
    // A refusal of what is YAML is a layout that is not good enough.
    expect(kinds.refused).toBe(0);
  });
});
