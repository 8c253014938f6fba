import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeLeftDownloads } from './media-downloads.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'left-'));
});
afterEach(() => rm(dir, { recursive: true }));

test('removeLeftDownloads() removes old files of downloads, and nothing else', async () => {
  const [old, fresh] = [`alur-media-${randomUUID()}`, `alur-media-${randomUUID()}`];
  const folder = `alur-media-${randomUUID()}`;
  const nowMs = Date.now();
  for (const name of [old, fresh, 'alur-media-menu.pdf', 'x']) await writeFile(join(dir, name), 'a');
  await mkdir(join(dir, folder));
  const past = new Date(nowMs - 3_600_000);
  for (const name of [old, folder, 'alur-media-menu.pdf', 'x']) await utimes(join(dir, name), past, past);
  await removeLeftDownloads(dir, nowMs);
  expect((await readdir(dir)).sort()).toEqual([fresh, folder, 'alur-media-menu.pdf', 'x'].sort());
  await removeLeftDownloads(join(dir, 'nowhere'), nowMs);
});
