import { describe, expect, test } from '@jest/globals';
import { openSource } from './source-file.ts';
import { readYaml } from './yaml-file.ts';

/** Line and column, the text under the carets, what is said, and the fix. */
function read(text: string): string[] {
  const file = openSource({ path: 'a', text });
  const yaml = readYaml(file);
  expect(yaml === undefined).toBe(file.findings.length > 0);
  return file.findings.map(({ line, col, length, lineText, message, fix }) =>
    [
      `${line}:${col} ${lineText.slice(col - 1, col - 1 + length)}`,
      message.replace('Cannot read the YAML: ', ''),
      ...(fix === undefined ? [] : [fix]),
    ].join(' | '),
  );
}

const BRACES = '`{{` at the beginning of a value is read as a map | put the text in quotes: "{{name}}"';
const SPACE = 'there is no space after a colon | put a space after the colon';
const TAB = '\t | Tabs are not allowed as indentation | indent with spaces';
const QUOTE = 'the quote that opens here is never closed | close it';
const BEHIND =
  "text stands behind a closing quote | a quote inside a text is doubled in single quotes ('it''s'), or written \\\" in double quotes";
const DOCUMENT =
  'a second document begins here, and a file holds one flow | put what follows into a file of its own, or remove `---`';
const TAG = 'leave the tag out, or put a text that begins with `!` in quotes';
const BRACKET =
  'a `[` or `{` above is not closed before here | close it, and put a text that begins with one in quotes';

describe('readYaml()', () => {
  test.each([
    ['a: {{name}}\nb: 1\n', [`1:4 {{name}} | ${BRACES}`]],
    ['a: {{name}}, hello\nb: 1\n', [`1:4 {{name}}, hello | ${BRACES}`]],
    ["a: {{default(name, 'x')}}\nb: 1\n", [`1:4 {{default(name, 'x')}} | ${BRACES}`]],
    ['a: {b: {{name}}}\n', [`1:8 {{name}}} | ${BRACES}`]],
    ['- {{ a ? b : c }}\n- {{d}}\n', [`1:3 {{ a ? b : c }} | ${BRACES}`, `2:3 {{d}} | ${BRACES}`]],
    ['? [a, b]\n: c\n', ['1:3 [a, b] | a key must be a text, not a list, map or alias']],
    ['name:hello\nversion: "1"\n', [`1:1 name:hello | ${SPACE}`]],
    ['a:\n  b: 1\n  c:2\n', [`3:3 c:2 | ${SPACE}`]],
    ['a:\n  b:1\n  c:2\n', [`2:3 b:1 | ${SPACE}`]],
    ['- id:a\n  type: reply\n', [`1:3 id:a | ${SPACE}`]],
    ['- {id:a, type: reply}\n', [`1:4 id:a | ${SPACE}`]],
    ['a:\n\t- b\n', [`2:1 ${TAB}`]],
    ['a:\n  b: 1\n\tc: 2\n', [`3:1 ${TAB}`]],
    ['a: |\n\tb\n', [`2:1 ${TAB}`]],
    ['a: 1\n---\nb: 2\n', [`2:1 --- | ${DOCUMENT}`]],
    ['a: "hello\nb: 2\n', [`1:4 "hello | ${QUOTE}`]],
    ["a: 'b'\nc: 'd\n", [`2:4 'd | ${QUOTE}`]],
    ["a: 'it's'\nb: 2\n", [`1:8 s' | ${BEHIND}`]],
    ['a: "say "hi""\n', [`1:10 hi"" | ${BEHIND}`]],
    ['a: [1, 2\nb: 3\n', [`2:1 b | ${BRACKET}`]],
    [
      'a: *b\n',
      [
        '1:4 *b | nothing above has the name that this alias repeats | put a text that begins with `*` in quotes',
      ],
    ],
    ['a: &a [*a]\n', ['1:8 *a | an alias repeats what it stands in | remove it']],
    ['a: &a\n  b:\n    c: *a\n', ['3:8 *a | an alias repeats what it stands in | remove it']],
    ['a: !!js/function x\n', [`1:4 !!js/function | Unresolved tag: tag:yaml.org,2002:js/function | ${TAG}`]],
    ['a: !!binary aGk=\n', [`1:13 aGk= | this tag is not of the core schema | ${TAG}`]],
    [
      'a: && paid\nb: &&\n',
      [
        '1:4 && paid | `&&` at the beginning of a value is read as an anchor | put the expression in quotes',
        '2:4 && | `&&` at the beginning of a value is read as an anchor | put the expression in quotes',
      ],
    ],
    ['a: b\u0000\n', ['1:5 \u0000 | a control character stands here | remove it']],
    [
      'a: Note: this\n',
      [
        '1:4 N | Nested mappings are not allowed in compact mappings | put a text that holds a colon and a space in quotes',
      ],
    ],
    [
      'a: "\\d"\n',
      ['1:5 \\ | Invalid escape sequence \\d | write `\\\\` for a backslash, or use single quotes'],
    ],
    [
      'a: 1\na: 2\nb: !x y\nc: @z\n',
      [
        '2:1 a | Map keys must be unique | remove one of them',
        `3:4 !x | Unresolved tag: !x | ${TAG}`,
        '4:4 @ | Plain value cannot start with reserved character @ | put the text in quotes',
      ],
    ],
    [
      'conditions:\n  - expression: "true"\n  default: a\nb: @c\n',
      [
        '3:3 default: a | `default` is indented to the dashes of the list before it | indent `default` as far as `conditions`, two spaces less than the dashes',
        '4:4 @ | Plain value cannot start with reserved character @ | put the text in quotes',
      ],
    ],
  ])('of %j names every slip', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  test.each([
    ['\uFEFFa: 1\n'],
    ['a: 1\r\nb: 2\r\n'],
    ['---\na: 1\n...\n'],
    ['a: http://x.y\nb: {c: http://x.y/z}\n'],
    ['a:\n  see http://x.y\n  b:c\n'],
    ['a: &a 1\nb: *a\nc: &a [2]\nd: *a\n'],
    ['a: "{{name}}"\nb: Hello {{name}}\n'],
    ['a: !!str 1\n'],
    ['a: {b, c: }\n'],
  ])('takes %j', (text) => {
    expect(read(text)).toEqual([]);
  });
});
