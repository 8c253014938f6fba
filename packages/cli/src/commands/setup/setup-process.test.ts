import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

// The real command in a real process, by both of its names: needs `npm run build`.
const BIN = fileURLToPath(new URL('../../../../../node_modules/.bin', import.meta.url));
// The answers of the provider's documentation, word for word.
const DOCUMENTED = `{
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

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'alur-setup-process-'));
  await writeFile(join(cwd, 'answers.json'), DOCUMENTED);
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

const env = { PATH: [BIN, process.env['PATH']].join(delimiter), HOME: '/' };

function start(line: string, stdin: 'ignore' | 'pipe') {
  const [name = '', ...argv] = line.split(' ');
  const child = spawn(name, argv, { cwd, env: { ...env, HOME: cwd }, stdio: [stdin, 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return new Promise<{ exit: number | null; out: string; err: string }>((done) =>
    child.once('close', (exit) => done({ exit, out, err })),
  );
}

describe('setup as a process', () => {
  test.each(['gtc', 'alur'])('%s setup takes the documented answers as they are, twice', async (name) => {
    const line = `${name} setup --answers answers.json ./my-bundle`;
    const first = await start(line, 'ignore');
    expect(first).toMatchObject({ exit: 0, out: expect.stringContaining('created  bundle.yaml') });
    expect(first.out).toContain('https://your-domain.ngrok-free.app/webhook/whatsapp/default/default');
    expect(first.err).toContain('`api_version` is v18.0, the default');
    const made = await readFile(join(cwd, 'my-bundle/bundle.yaml'), 'utf8');
    expect(await start(line, 'ignore')).toMatchObject({
      exit: 0,
      out: expect.stringContaining('Nothing to change'),
    });
    expect(await readFile(join(cwd, 'my-bundle/bundle.yaml'), 'utf8')).toBe(made);
    expect((await readdir(cwd)).sort()).toEqual(['answers.json', 'my-bundle']);
  });

  // A pipe that nobody writes to nor closes is what would hang.
  test.each(['ignore', 'pipe'] as const)('waits for nobody without a terminal: stdin %s', async (stdin) => {
    const ran = await start('gtc setup ./my-bundle', stdin);
    expect([ran.exit, ran.out]).toEqual([3, '']);
    expect(ran.err).toContain('`access_token` is missing');
  });
});

// Types what is asked for, a step whenever the words of one are on the screen, and prints what a person would have seen.
const DRIVER = `
import fcntl, json, os, pty, select, signal, struct, sys, termios, time
steps = json.loads(sys.argv[1])
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', 40, 200, 0, 0))
out = b''
seen = 0
end = time.time() + 20
while time.time() < end:
    if not select.select([fd], [], [], 0.1)[0]:
        continue
    try:
        data = os.read(fd, 65536)
    except OSError:
        break
    if not data:
        break
    out += data
    if steps and steps[0][0].encode() in out[seen:]:
        seen = len(out)
        os.write(fd, steps.pop(0)[1].encode())
else:
    os.kill(pid, signal.SIGKILL)
status = os.waitpid(pid, 0)[1]
sys.stdout.buffer.write(out)
sys.exit(os.waitstatus_to_exitcode(status) % 256)
`;
const hasPty = spawnSync('python3', ['-c', 'import pty']).status === 0;

describe('setup at a terminal', () => {
  const atTerminal = (steps: string[][], line: string) => {
    const argv = ['-c', DRIVER, JSON.stringify(steps), ...line.split(' ')];
    const ran = spawnSync('python3', argv, {
      cwd,
      env: { ...env, TERM: 'xterm', LANG: 'C.UTF-8' },
      timeout: 30_000,
    });
    return { exit: ran.status, screen: ran.stdout.toString() };
  };
  const STEPS = [
    ['as soon as', '\r'],
    ['Public address', 'bot.acme.io\r'],
    ['Phone number ID', '+\r'],
    ['must be digits', '\u007f100000000000001\r'],
    ['access token', 'EAAcanary\r'],
    ['Verify token', 'verify-canary\r'],
    ['App secret', 'app-canary\r'],
    ['Business Account', '\r'],
    ['Version', '\r'],
    ['Messaging limit', '\r'],
  ];
  const testAtTerminal = hasPty ? test : test.skip;

  testAtTerminal('asks for the answers, shows no secret as it is typed, and writes the bundle', async () => {
    const { exit, screen } = atTerminal(STEPS, 'alur setup my-bundle');
    expect(exit).toBe(0);
    expect(screen).not.toMatch(/EAAcanary|app-canary/);
    expect(screen.match(/verify-canary/g)).toHaveLength(1);
    const secrets = await readFile(join(cwd, 'my-bundle/secrets/default/default.json'), 'utf8');
    expect(secrets).toMatch(/verify-canary[^]*app-canary[^]*EAAcanary/);
  });

  testAtTerminal('writes nothing after Ctrl-C', async () => {
    const { exit, screen } = atTerminal(
      [...STEPS.slice(0, 5), ['Verify token', '\u0003']],
      'alur setup my-bundle',
    );
    expect(exit).toBe(7);
    expect(screen).toContain('Nothing was written');
    expect(await readdir(cwd)).toEqual(['answers.json']);
  });

  testAtTerminal('asks nothing with --non-interactive', () => {
    const { exit, screen } = atTerminal([], 'alur setup my-bundle --non-interactive');
    expect(exit).toBe(3);
    expect(screen).toContain('`verify_token` is missing');
  });
});
