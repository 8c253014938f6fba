import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../../../test/support/wait.ts';
import type { Bundle } from './bundle.ts';
import { DemoError, graphBaseUrl, openBundle, type BundleHolder } from './bundle-holder.ts';
import { makeDemoBundle } from './demo-bundle.ts';
import { BundleError } from './problem.ts';
import { setupBundle } from './setup-bundle.ts';

const EMULATOR = 'http://127.0.0.1:7700';
let dir: string;
let holder: BundleHolder | undefined;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'alur-holder-'));
});
afterEach(async () => {
  holder?.close();
  await rm(dir, { recursive: true, force: true });
});

const demo = () =>
  makeDemoBundle({
    dir,
    publicBaseUrl: EMULATOR,
    graphBaseUrl: EMULATOR,
    flows: [],
    random: (bytes) => 'ab'.repeat(bytes),
  });

describe('openBundle()', () => {
  test('waits for a bundle that is not there yet, and says so', async () => {
    holder = await openBundle(dir);
    const opened = holder;
    expect([opened.current(), opened.missing()]).toEqual([
      undefined,
      expect.stringContaining('there is no such file'),
    ]);
    await demo();
    await waitFor(() => opened.current(), 'the bundle');
    expect([opened.missing(), opened.problem()]).toEqual([undefined, undefined]);
  });

  test('refuses a bundle with faults, with the exit code for invalid input', async () => {
    await demo();
    await writeFile(join(dir, 'bundle.yaml'), 'tenants: 7\n');
    await expect(openBundle(dir)).rejects.toMatchObject({ name: 'BundleError', exitCode: 3 });
  });

  test('keeps the last good bundle over a faulty one, and tells what is wrong', async () => {
    await demo();
    holder = await openBundle(dir);
    const good = holder.current();
    const path = join(dir, 'bundle.yaml');
    const text = await readFile(path, 'utf8');
    await writeFile(path, 'tenants: 7\n');
    await expect(holder.reload()).rejects.toThrow(BundleError);
    expect([holder.current(), holder.missing()]).toEqual([good, undefined]);
    expect(holder.problem()).toContain('bundle.yaml:1');
    await writeFile(path, text);
    await holder.reload();
    expect(holder.problem()).toBeUndefined();
  });

  test('refuses a demo bundle together with Meta', async () => {
    await demo();
    await expect(openBundle(dir, { graphBaseUrl: 'https://graph.facebook.com' })).rejects.toThrow(DemoError);
  });

  test('keeps what it had when its user cannot take the new one', async () => {
    await demo();
    let refuse = false;
    holder = await openBundle(dir, {
      onChange: () => {
        if (refuse) throw new Error('no room');
      },
    });
    const before = holder.current();
    refuse = true;
    await expect(holder.reload()).rejects.toThrow('no room');
    expect(holder.current()).toBe(before);
  });
});

describe('openBundle() of a bundle whose teams share a WABA', () => {
  const TEAM = { enabled: true, public_base_url: 'https://a.io', access_token: 'EAA', verify_token: 'v' };
  const setUp = (team: string, phone_number_id: string, app_secret: string) =>
    setupBundle({
      answers: {
        path: 'answers.json',
        text: JSON.stringify({ ...TEAM, phone_number_id, app_secret, business_account_id: '77' }),
      },
      dir,
      team,
    });

  test('warns while their app secrets have nothing in common', async () => {
    await setUp('shop', '11', 'one');
    await setUp('help', '22', 'two');
    holder = await openBundle(dir);
    expect(holder.problem()).toBeUndefined();
    expect(holder.warning()).toContain(
      'teams default/shop and default/help have one `business_account_id`, 77',
    );
    await setUp('help', '22', 'one');
    await holder.reload();
    expect(holder.warning()).toBeUndefined();
  });
});

describe('openBundle() of a bundle with media files', () => {
  test('takes it though one has a fault, warns of that, and reads them again at a reload', async () => {
    await demo();
    await mkdir(join(dir, 'media'));
    await writeFile(join(dir, 'media', 'menu.pdf'), '%PDF-1.7');
    await writeFile(join(dir, 'media', 'cat.jpg'), 'dog');
    holder = await openBundle(dir);
    const before = holder.current()?.mediaFiles.get('media/menu.pdf');
    expect([holder.missing(), holder.problem()]).toEqual([undefined, undefined]);
    expect(holder.warning()).toMatch(
      /^Cannot use 1 of its media files, first media\/cat.jpg: it does not begin/,
    );
    await rm(join(dir, 'media', 'cat.jpg'));
    await holder.reload();
    expect(holder.warning()).toBeUndefined();
    // Not only equal: it was not read again.
    expect(holder.current()?.mediaFiles.get('media/menu.pdf')).toBe(before);
    expect([...(holder.current()?.mediaFiles.keys() ?? [])]).toEqual(['media/menu.pdf']);
  });
});

describe('graphBaseUrl()', () => {
  test('is the environment’s, else the bundle’s, else Meta’s', () => {
    const bundle: Bundle = {
      dir,
      demo: false,
      strict: true,
      errors: new Map(),
      onUnknown: { reply: 'park', notification: 'park', broadcast: 'park' },
      removedFlows: 'finish',
      recordKeepS: 1,
      mediaFiles: new Map(),
      mediaProblems: [],
      tenants: [],
    };
    expect(graphBaseUrl({ ...bundle, graphBaseUrl: EMULATOR }, 'http://env')).toBe('http://env');
    expect(graphBaseUrl({ ...bundle, graphBaseUrl: EMULATOR }, undefined)).toBe(EMULATOR);
    expect(graphBaseUrl(bundle, undefined)).toBe('https://graph.facebook.com');
  });
});
