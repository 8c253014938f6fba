import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { outlineFlows } from '@alur/flow';
import { describe, expect, test } from '@jest/globals';
import { buildPicture, type Picture } from './picture.ts';
import { renderMermaid } from './render-mermaid.ts';

const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
const BOOKING = readFileSync(fixture('booking.ygtc'), 'utf8');

function pictureOf(text: string): Picture {
  const { outline } = outlineFlows([{ path: 'booking.ygtc', text }]);
  return buildPicture(outline ? [outline] : []);
}

const NODE =
  /^ {2}\w+(?:\[|\(|\{|\[\(|\[\[|\[\/|>|\{\{|\(\[)"[^"]*"(?:\]|\)|\}|\)\]|\]\]|\/\]|\\\]|\}\}|\]\)):::\w+$/u;
const LINES = [
  /^flowchart (?:TB|LR)$/,
  /^subgraph \w+\["[^"]*"\]$/u,
  /^ {2}direction (?:TB|LR)$/,
  NODE,
  /^ {2}class \w+ \w+$/,
  /^end$/,
  /^\w+ (?:-->|-\.->|==>)(?:\|"[^"]*"\|)? \w+$/u,
  /^classDef \w+ [\w:#,. -]+$/,
  /^$/,
];

/** Lines that are of none of the forms that Mermaid knows to be safe. */
const oddLines = (mermaid: string) =>
  mermaid.split('\n').filter((line) => !LINES.some((form) => form.test(line)));

describe('renderMermaid()', () => {
  // ALUR_UPDATE_DOCS=1 writes the file anew.
  test('draws the booking as it stands in fixtures/booking.mmd', () => {
    const drawn = renderMermaid(pictureOf(BOOKING), 'TB');
    if (process.env['ALUR_UPDATE_DOCS'] === '1') writeFileSync(fixture('booking.mmd'), drawn);
    expect(drawn).toBe(readFileSync(fixture('booking.mmd'), 'utf8'));
  });

  // ALUR_UPDATE_DOCS=1 writes the picture anew.
  test('draws the example of docs/graph.md as it stands there', () => {
    const path = fileURLToPath(new URL('../../../../../docs/graph.md', import.meta.url));
    const page = readFileSync(path, 'utf8');
    const flow = /```yaml flow\n([^]*?)```/.exec(page)?.[1] ?? '';
    const drawn = `\`\`\`mermaid\n${renderMermaid(pictureOf(flow), 'TB')}\`\`\``;
    const updated = page.replace(/```mermaid\n[^]*?```/, () => drawn);
    if (process.env['ALUR_UPDATE_DOCS'] === '1') writeFileSync(path, updated);
    expect(readFileSync(path, 'utf8')).toBe(updated);
  });

  test('writes only lines of known forms, with ids of letters and digits, each declared', () => {
    const drawn = renderMermaid(pictureOf(BOOKING), 'LR');
    expect(oddLines(drawn)).toEqual([]);
    const declared = new Set([...drawn.matchAll(/^ {2}(\w+)\W*"/gm)].map(([, id]) => id));
    const linked = [...drawn.matchAll(/^(\w+) (?:-->|-\.->|==>).* (\w+)$/gm)].flatMap(([, from, to]) => [
      from,
      to,
    ]);
    expect(linked.filter((id) => !declared.has(id))).toEqual([]);
    expect(linked.length).toBeGreaterThan(120);
    expect(drawn.match(/^subgraph/gm)).toHaveLength(drawn.match(/^end$/gm)?.length ?? -1);
  });

  test.each([
    ['quotes', 'say "x"', 'say #34;x#34;'],
    ['brackets', 'a[1](2){3}', 'a#91;1#93;#40;2#41;#123;3#125;'],
    ['expressions', '{{name}}', '#123;#123;name#125;#125;'],
    ['HTML', '<script>alert(1)</script>&lt;', '#60;script#62;alert#40;1#41;#60;/script#62;#38;lt#59;'],
    ['codes of its own', '#34;', '#35;34#59;'],
    ['line ends', 'one\ntwo', 'one two'],
    [
      'comments and directives',
      '%% x %%{init: {}}%%',
      '#37;#37; x #37;#37;#123;init#58; #123;#125;#125;#37;#37;',
    ],
    ['backticks, which begin Markdown', '`**x**`', '#96;#42;#42;x#42;#42;#96;'],
    ['classes', 'a:::b', 'a#58;#58;#58;b'],
    ['backslashes', 'a\\', 'a#92;'],
    ['other scripts and emoji as they are', 'Halo, apa kabar? 你好 👋', 'Halo, apa kabar? 你好 👋'],
    ['the word end', 'end', 'end'],
  ])('writes %s so that Mermaid takes them', (_, message, shown) => {
    const text = `name: a\nversion: '1'\nnodes:\n  - { id: end, type: reply, config: { message: ${JSON.stringify(message)} } }\ntriggers:\n  - { type: message, target: end }\n`;
    const drawn = renderMermaid(pictureOf(text), 'TB');
    expect(drawn).toContain(`  f0n0["<small>reply</small><br/><b>end</b><br/>${shown}"]:::type_reply`);
    expect(oddLines(drawn)).toEqual([]);
  });

  test('keeps a name on its line, and cuts it after 60 characters', () => {
    const vertex = { look: 'node', title: '', isDeadEnd: false, isUnreachable: false } as const;
    const group = {
      key: 'f0',
      title: 'a\nb',
      file: 'a',
      vertices: [{ ...vertex, key: 'f0n0', type: 'x', id: 'c\r\nd' }],
    };
    const links = [{ from: 'f0n0', to: 'f0n0', kind: 'next' as const, label: 'e\n'.repeat(50) }];
    const drawn = renderMermaid({ groups: [group], links }, 'TB');
    expect(oddLines(drawn)).toEqual([]);
    expect(drawn).toMatch(/\|"(?:e ){29}e…"\|/);
  });

  test('is safe from whatever a faulty flow has as type, and marks what is not there', () => {
    const text = `name: a\nversion: '1'\nnodes:\n  - { id: x, type: 'end"]', next: gone }\n  - { id: y, type: default }\ntriggers:\n  - { type: message, target: x }\n`;
    const drawn = renderMermaid(pictureOf(text), 'TB');
    expect(oddLines(drawn)).toEqual([]);
    expect(drawn).toContain('("<b>gone</b><br/>not found"):::type_missing');
    expect(drawn).toContain('class f0n1 unreachable');
    expect(drawn).toContain(':::type_unknown');
  });
});
