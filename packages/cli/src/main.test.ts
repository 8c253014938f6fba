import { randomBytes } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Io } from './io.ts';
import { runCli } from './main.ts';

const ANSWERS = `{
  "messaging-whatsapp": {
    "enabled": true,
    "public_base_url": "https://your-domain.ngrok-free.app",
    "phone_number_id": "123456789012345",
    "access_token": "EAAxxxxx...",
    "verify_token": "your-verify-token",
    "business_account_id": "987654321098765"
  }
}
`;
const FLOW = `name: hello
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
const FRAGMENT = `- id: reply
  type: reply
  config:
    message: "Hello! How can I help you today?"
`;

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'alur-cli-'));
  await writeFile(join(cwd, 'answers.json'), ANSWERS);
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

interface Ran {
  exit: number;
  out: string;
  err: string;
}

async function run(argv: string, more: Partial<Io> = {}): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const exit = await runCli(argv.split(' ').filter(Boolean), {
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
    stdin: Readable.from([]),
    env: {},
    isTTY: false,
    cwd,
    untilStopped: () => Promise.resolve(),
    ...more,
  });
  return { exit, out: out.join(''), err: err.join('') };
}

const put = async (path: string, text: string) => {
  await mkdir(join(cwd, path, '..'), { recursive: true });
  await writeFile(join(cwd, path), text);
};

describe('alur', () => {
  test.each([
    ['', 2, 'Usage: alur'],
    ['setpu', 2, "unknown command 'setpu'\n(Did you mean setup?)"],
    ['setup ./b', 3, '`access_token` is missing'],
    ['setup --answers answers.json --tenent x ./b', 2, '(Did you mean --tenant?)'],
    ['emulator --bundle b --port many', 2, '--port must be a number'],
    ['emulator --bundle b --webhook-base ftp://x', 2, '--webhook-base must be an http'],
    ['emulator --bundle b', 4, 'there is no such file'],
    ['dead', 2, 'Usage: alur dead'],
    ['dead list --lost', 2, "unknown option '--lost'"],
    ['numbers resume', 2, "missing required argument 'id'"],
    ['validate nowhere', 4, 'Cannot read "nowhere"'],
    ['validate --quite x', 2, '(Did you mean --quiet?)\n(see `alur validate --help`)'],
    ['numbers pause', 2, '(see `alur numbers pause --help`)'],
    ['schema --out none/a.json', 4, 'Cannot write "none/a.json": there is no folder "none"'],
    ['setup --answers none.json ./b', 4, 'Cannot read the answers "none.json"'],
    ['setup --answers . ./b', 5, 'EISDIR'],
  ])('%j exits with %d and says why on stderr', async (argv, exit, message) => {
    const ran = await run(argv);
    expect([ran.exit, ran.out]).toEqual([exit, '']);
    expect(ran.err).toContain(message);
  });

  test.each([
    ['--help', 'Exit codes: 0 done'],
    ['--help', '\n  dead '],
    ['--help', '\n  numbers '],
    ['--help', 'Examples:\n  alur setup --answers answers.json my-bundle   make a bundle\n'],
    ['validate --help', 'Examples:\n  alur validate my-bundle\n'],
    ['setup --help', '--dry-run'],
    ['dead --help', 'replay [options] [mid...]'],
    ['dead replay --help', '--yes'],
    ['numbers --help', 'pause [options] <id>'],
    ['version', 'alur 0.1.0\n'],
  ])('%j prints its result to stdout', async (argv, text) => {
    const ran = await run(argv);
    expect([ran.exit, ran.err]).toEqual([0, '']);
    expect(ran.out).toContain(text);
  });

  test('--json names a slip in the command line without the word that a terminal shows before it', async () => {
    expect(JSON.parse((await run('validate --json')).out)).toMatchObject({
      error: { code: 'usage', message: expect.stringMatching(/^missing required argument 'path'/) },
    });
    expect(JSON.parse((await run('validate nowhere --json')).out)).toMatchObject({
      error: { code: 'not_found' },
    });
  });

  test('says of files that are no flows what to do with them', async () => {
    await put('a/menu.yaml', '');
    await put('a/menu.test.yaml', '');
    expect((await run('validate a')).err).toContain('rename "menu.yaml" to "menu.ygtc"');
    expect(await run('chat a/menu.test.yaml')).toMatchObject({
      exit: 2,
      err: expect.stringContaining('run it with `alur test a/menu.test.yaml`'),
    });
    expect((await run('graph .')).err).toContain('Cannot read ".": there is no .ygtc file in it');
  });

  test.each([
    ['validate a.ygtc/b', 4, 'a part of this path is a file'],
    ['graph a --out a --format svg', 5, 'Cannot use "'],
  ])('%j says what is wrong with a path', async (argv, exit, message) => {
    await put(
      'a/a.ygtc',
      'name: a\nversion: "1"\nnodes:\n  - {id: a, type: reply, config: {message: Hi}}\ntriggers:\n  - {type: message, target: a}\n',
    );
    await put('a.ygtc', '');
    const ran = await run(argv);
    expect([ran.exit, ran.err]).toEqual([exit, expect.stringContaining(message)]);
    expect(ran.err).not.toMatch(/E[A-Z]{5}/);
  });

  test.each([
    ['--json version', 0, 'version'],
    ['version --json', 0, 'version'],
    ['--json --help', 0, 'alur'],
    ['--json setpu', 2, 'setpu'],
    ['setup --answers none.json --json b', 4, 'setup'],
    ['setup --answers answers.json --json b', 0, 'setup'],
    ['validate answers.json --json', 3, 'validate'],
    ['dead list --json --redis http://x', 2, 'dead list'],
    ['numbers --json --bundle nowhere', 4, 'numbers list'],
    ['dead --json', 2, 'dead'],
  ])('%j prints exactly one JSON document', async (argv, exit, command) => {
    const ran = await run(argv);
    expect([ran.exit, ran.err]).toEqual([exit, '']);
    const document: unknown = JSON.parse(ran.out);
    expect(Object.keys(Object(document))).toEqual(['ok', 'command', 'data', 'warnings', 'error']);
    expect(document).toMatchObject({ ok: exit === 0, command });
  });

  test.each([
    [true, '', {}, true],
    [true, '--no-color ', {}, false],
    [true, '', { NO_COLOR: '1' }, false],
    [false, '', {}, false],
  ])('colours on a terminal (%p) with %j and %j: %p', async (isTTY, flag, env, isColoured) => {
    const ran = await run(`${flag}setup --answers answers.json b`, { isTTY, env });
    expect(ran.out.includes('\u001B[')).toBe(isColoured);
  });
});

describe('alur setup', () => {
  test('makes the bundle and prints what is left to do', async () => {
    const ran = await run('setup --answers answers.json ./my-bundle');
    expect(ran.exit).toBe(0);
    expect(ran.out).toContain('created  bundle.yaml');
    expect(ran.out).toMatch(
      /Callback URL: +https:\/\/your-domain.ngrok-free.app\/webhook\/whatsapp\/default\/default\n/,
    );
    expect(ran.out).toMatch(/Verify token: +your-verify-token\n/);
    expect(ran.out).toMatch(/subscribe to: +messages\n/);
    expect(ran.err).toContain('every webhook will be refused');
    expect(ran.out + ran.err).not.toContain('EAAxxxxx');
    expect((await run('validate my-bundle')).exit).toBe(0);
  });

  test('says so when nothing changes', async () => {
    await run('setup --answers answers.json b');
    const ran = await run('setup --answers answers.json b');
    expect([ran.exit, ran.out.split('\n')[0]]).toEqual([
      0,
      'Nothing to change: team default/default in b is as the answers say.',
    ]);
  });

  test('reads standard input, and takes tenant and team', async () => {
    const ran = await run('setup --answers - --tenant acme --team sales b', {
      stdin: Readable.from([ANSWERS]),
    });
    expect(ran.out).toContain('/webhook/whatsapp/acme/sales');
    expect((await stat(join(cwd, 'b/secrets/acme/sales.json'))).isFile()).toBe(true);
  });

  test('writes nothing in a dry run', async () => {
    const ran = await run('setup --answers answers.json --dry-run b');
    expect(ran.out).toContain('would create  bundle.yaml');
    await expect(stat(join(cwd, 'b'))).rejects.toThrow('ENOENT');
  });

  test('prints every fault with its place and fix, and no secret in either form', async () => {
    await put(
      'answers.json',
      ANSWERS.replace('"123456789012345"', '"+62 s3cret"').replace('"EAAxxxxx..."', '"EAA s3cret"'),
    );
    const ran = await run('setup --answers answers.json b');
    expect([ran.exit, ran.out]).toEqual([3, '']);
    expect(ran.err).toContain(
      'error: `phone_number_id` must be digits, got text\n  --> answers.json:5:24\n   = help: it is the id',
    );
    expect(ran.err).toContain('  --> answers.json:6:21');
    expect(ran.err).toContain('Cannot use the answers in "answers.json": 2 problems');
    const json = await run('--json setup --answers answers.json b');
    expect(JSON.parse(json.out)).toMatchObject({
      error: { code: 'invalid_answers', problems: [{ line: 5 }, { line: 6 }] },
    });
    expect(ran.err + json.out).not.toContain('s3cret');
  });

  test('keeps secrets out of the JSON document', async () => {
    const ran = await run('--json setup --answers answers.json b');
    expect(ran.out).not.toMatch(/EAAxxxxx|your-verify-token/);
    expect(JSON.parse(ran.out)).toMatchObject({
      data: { next: { fields: expect.arrayContaining(['messages']) }, created: expect.any(Array) },
    });
  });
});

describe('alur validate', () => {
  test('shows each finding with its line, a caret and the fix, and fails', async () => {
    await put('flows/a.ygtc', FLOW.replace('target: greet', 'target: gret'));
    const ran = await run('validate flows');
    expect(ran.exit).toBe(3);
    expect(ran.out).toMatch(
      /^error\[E110\]: .*\n +--> flows\/a\.ygtc:10:13\n {3}\|\n10 \| {5}target: gret\n {3}\| {13}\^{4}\n {3}= help: did you mean/m,
    );
    expect(ran.out).toContain('1 file: 1 error, 1 warning\n');
  });

  test('passes flows that are right, and prints the order of triggers', async () => {
    await put('flows/a.ygtc', FLOW);
    const ran = await run('validate flows/a.ygtc');
    expect([ran.exit, ran.err]).toEqual([0, '']);
    expect(ran.out).toContain('hello/greet');
    expect(ran.out).toContain('1 file: 0 errors, 0 warnings\n');
  });

  test('takes a bare list of nodes as a file, but not in a bundle', async () => {
    await put('reply.ygtc', FRAGMENT);
    expect((await run('validate reply.ygtc')).exit).toBe(0);
    await run('setup --answers answers.json b');
    await cp(join(cwd, 'reply.ygtc'), join(cwd, 'b/flows/reply.ygtc'));
    const ran = await run('validate b');
    expect(ran.exit).toBe(3);
    expect(ran.out).toContain('E112');
  });

  test('checks a bundle without its secrets, and all that is wrong with several paths at once', async () => {
    await run('setup --answers answers.json good');
    await rm(join(cwd, 'good/secrets'), { recursive: true });
    expect((await run('validate good')).exit).toBe(0);
    await put('bad/bundle.yaml', 'tenants: 5\n');
    await put('flows/a.ygtc', 'name: [');
    const ran = await run('validate bad good flows');
    expect(ran.exit).toBe(3);
    expect(ran.out).toContain('bad/bundle.yaml:1:10');
    expect(ran.out).toContain('flows/a.ygtc:1');
  });

  test('lets no file drive the terminal', async () => {
    await put('a.ygtc', FLOW.replace('target: greet', 'target: "gr\u001B[31met"'));
    const ran = await run('validate a.ygtc');
    expect(ran.exit).toBe(3);
    expect(ran.out).not.toContain('\u001B');
  });
});

describe('alur emulator and demo-bundle', () => {
  test('demo-bundle makes a bundle, and leaves a real one alone', async () => {
    await put('flows/a.ygtc', FLOW);
    const argv =
      'demo-bundle d --graph-base-url http://127.0.0.1:1 --public-base-url http://127.0.0.1:2 --flows flows';
    expect((await run(argv)).out).toContain('created  flows/a.ygtc');
    expect((await run(argv)).out).toBe('The demo bundle in d is there already.\n');
    await run('setup --answers answers.json d');
    const ran = await run(argv);
    expect([ran.exit, ran.out]).toEqual([0, 'There is a real bundle in d: the demo leaves it alone.\n']);
  });

  test('emulator makes the demo, plays its number, and ends when told to', async () => {
    await put('flows/a.ygtc', FLOW);
    let url = '';
    const stdout = { write: (text: string) => (url = /Emulator: +(\S+)/.exec(text)?.[1] ?? url) };
    let status = 0;
    const untilStopped = async () => {
      await Promise.resolve();
      status = (await fetch(`${url}/chat`)).status;
    };
    const ran = await run('emulator --bundle d --port 0 --demo-flows flows', { stdout, untilStopped });
    expect([ran.exit, ran.err, status]).toEqual([0, '', 200]);
    expect(await readFile(join(cwd, 'd/bundle.yaml'), 'utf8')).toContain('demo: true');
    await expect(fetch(`${url}/chat`)).rejects.toThrow('fetch failed');
  });

  test('emulator is idle beside a real bundle until told to end', async () => {
    await put('flows/a.ygtc', FLOW);
    await run('setup --answers answers.json b');
    let isHeld = false;
    const untilStopped = () => Promise.resolve(void (isHeld = true));
    const ran = await run('emulator --bundle b --port 0 --demo-flows flows', { untilStopped });
    expect([ran.exit, isHeld]).toEqual([0, true]);
    expect(ran.out).toContain('The emulator is idle.');
  });

  test('emulator says what is missing: an app secret, or a free port', async () => {
    await run('setup --answers answers.json b');
    expect(await run('emulator --bundle b')).toMatchObject({
      exit: 5,
      err: expect.stringContaining('has no app_secret'),
    });
    const secret = randomBytes(8).toString('hex');
    await put('answers.json', ANSWERS.replace('"enabled"', `"app_secret": "${secret}", "enabled"`));
    await run('setup --answers answers.json b');
    const taken = createServer().listen(0, '127.0.0.1');
    try {
      await new Promise((done) => taken.once('listening', done));
      const address = taken.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      const ran = await run(`emulator --bundle b --port ${port}`);
      expect(ran).toMatchObject({ exit: 5, err: expect.stringContaining('choose another one') });
    } finally {
      taken.close();
    }
  });
});
