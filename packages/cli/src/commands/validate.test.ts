import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { runAlur } from '../testing/run-alur.ts';

const GOOD = `name: hello
version: "1.0"
nodes:
  - id: greet
    type: reply
    config:
      message: "Hello"
triggers:
  - type: message
    target: greet
`;
const BUNDLE = `tenants:
  - id: acme
    teams:
      - id: sales
        enabled: true
        public_base_url: https://bot.example.com
        numbers: [{ phone_number_id: '100', api_version: v25.0 }]
`;
const WARNED = GOOD.replace('"Hello"', '"Hello {{order_id}}"');
const BAD = WARNED.replace('target: greet', 'target: gret');

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'alur-validate-'));
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

const put = async (path: string, text: string) => {
  await mkdir(join(cwd, path, '..'), { recursive: true });
  await writeFile(join(cwd, path), text);
};
const run = (argv: string) => runAlur(argv.split(' '), cwd);

describe('alur validate', () => {
  test('says why a file of the bundle cannot be shown, and not that it is missing', async () => {
    await put('bundle.yaml', BUNDLE);
    await put('media/a.jpg', 'no picture');
    await put('flows/a.ygtc', GOOD.replace('message: "Hello"', 'media: { type: image, file: media/a.jpg }'));
    const { exit, out } = await run('validate flows');
    expect(exit).toBe(3);
    expect(out).toContain('cannot be used: it does not begin as image/jpeg does\n --> flows/a.ygtc:7:35');
    expect(out).toContain('= help: give it the ending of what it is');
  });

  test('sorts findings by file and line, whatever set they are of, and ends with how many there are', async () => {
    await put('z/b.ygtc', BAD);
    await put('a.ygtc', BAD);
    const { exit, out } = await run('validate z a.ygtc');
    expect(exit).toBe(3);
    const places = [...out.matchAll(/--> (\S+)/g)].map(([, place]) => place);
    expect(places).toEqual([
      'a.ygtc:4:9',
      'a.ygtc:7:25',
      'a.ygtc:10:13',
      'z/b.ygtc:4:9',
      'z/b.ygtc:7:25',
      'z/b.ygtc:10:13',
    ]);
    expect(out).toContain('   = help: did you mean `greet`?\n');
    expect(out.trimEnd().split('\n').slice(-2)).toEqual([
      '`alur explain W111` says more.',
      '2 files: 2 errors, 4 warnings',
    ]);
  });

  test('shows 100 findings at most, and has them all in the other formats', async () => {
    const nodes = Array.from({ length: 130 }, (_, index) => `  - { id: n${index}, type: nothing }\n`);
    await put('a.ygtc', GOOD.replace('nodes:\n', `nodes:\n${nodes.join('')}`));
    const { out } = await run('validate a.ygtc');
    expect(out.match(/^error\[E106\]/gm)).toHaveLength(100);
    expect(out).toContain('… and 30 more findings; `--format json` has them all.\n');
    expect(out).toContain('1 file: 130 errors, 0 warnings\n');
    expect((await run('validate a.ygtc --format github')).out.match(/^::error /gm)).toHaveLength(130);
    expect(JSON.parse((await run('validate a.ygtc --format json')).out).data.findings).toHaveLength(130);
    expect(JSON.parse((await run('validate a.ygtc --format sarif')).out).runs[0].results).toHaveLength(130);
  });

  test.each([
    ['', 0, '1 file: 0 errors, 1 warning\n'],
    [' --max-warnings 1', 0, '1 file: 0 errors, 1 warning\n'],
    [' --max-warnings 0', 3, '1 file: 0 errors, 1 warning, and at most 0 may stay\n'],
    [' --max-warnings 0 --quiet', 3, '1 file: 0 errors, 1 warning, and at most 0 may stay\n'],
  ])('with one warning and%s exits with %d', async (flags, expected, last) => {
    await put('a.ygtc', WARNED);
    const { exit, out } = await run(`validate a.ygtc${flags}`);
    expect([exit, out.endsWith(last)]).toEqual([expected, true]);
    expect(out.includes('warning[W201]')).toBe(!flags.includes('--quiet'));
  });

  test('--quiet leaves errors in every format', async () => {
    await put('a.ygtc', BAD);
    for (const format of ['text', 'github', 'sarif', 'json']) {
      const { exit, out } = await run(`validate a.ygtc --quiet --format ${format}`);
      expect(exit).toBe(3);
      expect([
        out.includes('points to "gret"') || out.includes('points to \\"gret\\"'),
        out.includes('Nothing leads to node'),
      ]).toEqual([true, false]);
    }
  });

  test.each([
    ['--format xml', "argument 'xml' is invalid. Allowed choices are text, json, github, sarif"],
    ['--max-warnings few', '--max-warnings must be a number'],
    ['--max-warnings -1', '--max-warnings must be a number'],
  ])('%s is a slip in the command line', async (flags, message) => {
    await put('a.ygtc', GOOD);
    const { exit, err } = await run(`validate a.ygtc ${flags}`);
    expect([exit, err]).toEqual([2, expect.stringContaining(message)]);
  });

  test('writes a long line once, not with each of its findings', async () => {
    const values = Array.from({ length: 4000 }, () => '0812').join(', ');
    await put('a.ygtc', GOOD.replace('nodes:', `variables: { codes: [${values}] }\nnodes:`));
    for (const format of ['json', 'sarif', 'github', 'text']) {
      const { exit, out } = await run(`validate a.ygtc --format ${format}`);
      expect(exit).toBe(0);
      expect(out.length).toBeLessThan(12_000_000);
    }
  });

  test('--format json prints what --json prints', async () => {
    await put('a.ygtc', BAD);
    const [one, other] = [await run('validate a.ygtc --format json'), await run('--json validate a.ygtc')];
    expect(one).toEqual(other);
  });
});

describe('alur validate --format github', () => {
  test('prints one annotation a finding, with place and title', async () => {
    await put('a.ygtc', BAD);
    const { exit, out, err } = await run('validate a.ygtc --format github');
    expect([exit, err]).toEqual([3, '']);
    expect(out.split('\n')).toEqual([
      '::warning file=a.ygtc,line=4,col=9,endColumn=13,title=W111 node not reachable::Nothing leads to node "greet"',
      expect.stringMatching(
        /^::warning file=a.ygtc,line=7,col=25,endColumn=32,title=W201 [^:]+::Nothing declares/,
      ),
      '::error file=a.ygtc,line=10,col=13,endColumn=16,title=E110 target missing::The message trigger points to "gret", which does not exist%0Ahelp: did you mean `greet`?',
      '1 file: 1 error, 2 warnings',
      '',
    ]);
  });

  test('escapes what would end a property or a command', async () => {
    await put('a%,b:c/d.ygtc', GOOD.replace('message: "Hello"', '"100%\\r\\n::error::x": 1'));
    const { out } = await run('validate a%,b:c --format github');
    expect(out).toContain('::error file=a%25%2Cb%3Ac/d.ygtc,line=7,');
    expect(out).toContain('::`100%25%0D%0A::error::x` is no key');
    expect(out.match(/^::error/gm)).toHaveLength(1 + (out.includes('E104') ? 1 : 0));
  });

  test('tells what is wrong with a bundle', async () => {
    await put('b/bundle.yaml', 'tenants: 5\n');
    const { exit, out } = await run('validate b --format github');
    expect(exit).toBe(3);
    expect(out).toMatch(/^::error file=\S*bundle.yaml,line=1,col=10,title=bundle::/m);
  });
});

// The parts of SARIF 2.1.0 that the standard requires, and those that code scanners require beside them.
const Message = z.strictObject({ text: z.string().min(1) });
const Level = z.enum(['none', 'note', 'warning', 'error']);
const Region = z
  .strictObject({
    startLine: z.int().positive(),
    startColumn: z.int().positive().optional(),
    endColumn: z.int().positive().optional(),
    snippet: z.strictObject({ text: z.string() }).optional(),
  })
  .refine(({ startColumn = 1, endColumn = Infinity }) => endColumn > startColumn);
const Location = z.strictObject({
  physicalLocation: z.strictObject({
    artifactLocation: z.strictObject({ uri: z.string().regex(/^[\w.~!*'()%/:-]+$/) }),
    region: Region.optional(),
  }),
});
const Rule = z.strictObject({
  id: z.string().min(1),
  shortDescription: Message,
  fullDescription: Message,
  helpUri: z.string().optional(),
  defaultConfiguration: z.strictObject({ level: Level }),
});
const Result = z.strictObject({
  ruleId: z.string(),
  ruleIndex: z.int().nonnegative(),
  level: Level,
  message: Message,
  locations: z.array(Location),
});
const Driver = z.strictObject({ name: z.string().min(1), rules: z.array(Rule) });
const Sarif = z.strictObject({
  $schema: z.url(),
  version: z.literal('2.1.0'),
  runs: z.tuple([
    z.strictObject({
      tool: z.strictObject({ driver: Driver }),
      columnKind: z.literal('utf16CodeUnits'),
      results: z.array(Result),
    }),
  ]),
});

describe('alur validate --format sarif', () => {
  const sarif = async (paths: string) => {
    const { exit, out, err } = await run(`validate ${paths} --format sarif`);
    expect(err).toBe('');
    const [{ tool, results }] = Sarif.parse(JSON.parse(out)).runs;
    for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    return { exit, rules: tool.driver.rules, results };
  };

  test('holds every finding with its rule, its place and its fix', async () => {
    await put('my flows/ä.ygtc', BAD);
    await put('b/bundle.yaml', 'tenants: 5\n');
    const cwdPaths = ['my flows', 'b'];
    const ran = await runAlur(['validate', ...cwdPaths, '--format', 'sarif'], cwd);
    const [{ tool, results }] = Sarif.parse(JSON.parse(ran.out)).runs;
    expect(results.map(({ ruleId, level }) => [ruleId, level])).toEqual([
      ['bundle', 'error'],
      ['W111', 'warning'],
      ['W201', 'warning'],
      ['E110', 'error'],
    ]);
    expect(results.at(-1)).toMatchObject({
      message: {
        text: 'The message trigger points to "gret", which does not exist. Help: did you mean `greet`?',
      },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'my%20flows/%C3%A4.ygtc' },
            region: { startLine: 10, startColumn: 13, endColumn: 17, snippet: { text: 'gret' } },
          },
        },
      ],
    });
    expect(tool.driver.rules.find(({ id }) => id === 'E101')).toMatchObject({
      shortDescription: { text: 'not YAML' },
      helpUri: 'docs/findings.md#e101',
      defaultConfiguration: { level: 'error' },
    });
  });

  test('is whole when nothing is found, and names absolute paths as such', async () => {
    await put('a.ygtc', GOOD);
    expect(await sarif('a.ygtc')).toMatchObject({ exit: 0, results: [] });
    await put('b.ygtc', BAD);
    const { results } = await sarif(join(cwd, 'b.ygtc'));
    expect(results[0]?.locations[0]?.physicalLocation.artifactLocation.uri).toBe(
      `file://${join(cwd, 'b.ygtc')}`,
    );
  });
});
