import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readFlowSources } from './read-flow-sources.ts';

let dir: string;
let flows: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'alur-flows-'));
  flows = join(dir, 'flows');
  await mkdir(join(flows, 'shop'), { recursive: true });
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('readFlowSources()', () => {
  test('reads flows of all folders, sorted, by their path in the bundle, and nothing else', async () => {
    await writeFile(join(flows, 'b.ygtc'), 'b');
    await writeFile(join(flows, 'a.ygtc'), 'a');
    await writeFile(join(flows, 'shop', 'c.ygtc'), 'c');
    await writeFile(join(flows, 'notes.md'), 'no');
    expect(await readFlowSources(flows)).toEqual([
      { path: 'flows/a.ygtc', text: 'a' },
      { path: 'flows/b.ygtc', text: 'b' },
      { path: 'flows/shop/c.ygtc', text: 'c' },
    ]);
    expect((await readFlowSources(join(flows, 'shop'), dir))[0]?.path).toBe('flows/shop/c.ygtc');
  });

  test('reads files as Kubernetes mounts them: links to a hidden copy, each once', async () => {
    await mkdir(join(flows, '..2026_1'));
    await writeFile(join(flows, '..2026_1', 'a.ygtc'), 'a');
    await symlink('..2026_1', join(flows, '..data'));
    await symlink('..data/a.ygtc', join(flows, 'a.ygtc'));
    expect(await readFlowSources(flows)).toEqual([{ path: 'flows/a.ygtc', text: 'a' }]);
  });

  test('names every file that leads out of the folder, dangles, or is over 256 KiB', async () => {
    await writeFile(join(dir, 'outside.ygtc'), 'x');
    await symlink('../outside.ygtc', join(flows, 'link.ygtc'));
    await symlink('nowhere', join(flows, 'lost.ygtc'));
    await writeFile(join(flows, 'large.ygtc'), Buffer.alloc(262_145, 'x'));
    await writeFile(join(flows, 'full.ygtc'), Buffer.alloc(262_144, 'x'));
    await expect(readFlowSources(flows)).rejects.toMatchObject({
      code: 'invalid_bundle',
      problems: [
        { file: 'flows/large.ygtc', message: 'the file is over 256 KiB' },
        { file: 'flows/link.ygtc', message: 'the link leads out of the flows folder' },
        { file: 'flows/lost.ygtc', message: 'the file cannot be read' },
      ],
    });
  });

  test('enters no link to a folder, so that links in circles come to an end, and names each', async () => {
    await writeFile(join(flows, 'a.ygtc'), 'a');
    for (const name of ['one', 'two', 'three.ygtc']) await symlink('.', join(flows, name));
    await symlink('/', join(flows, 'shop', 'root'));
    await mkdir(join(flows, 'folder.ygtc'));
    const folder = 'it is a folder, or a link to one';
    await expect(readFlowSources(flows)).rejects.toMatchObject({
      problems: [
        { file: 'flows/folder.ygtc', message: folder },
        { file: 'flows/one', message: folder },
        { file: 'flows/shop/root', message: 'the link leads out of the flows folder' },
        { file: 'flows/three.ygtc', message: folder },
        { file: 'flows/two', message: folder },
      ],
    });
  });

  test('passes over files whose names begin with dots, and waits for no pipe', async () => {
    for (const name of ['..ygtc', '...ygtc', '.a.ygtc', '..yaml']) await writeFile(join(flows, name), 'x');
    expect(await readFlowSources(flows)).toEqual([]);
    await promisify(execFile)('mkfifo', [join(flows, 'pipe.ygtc')]);
    await expect(readFlowSources(flows)).rejects.toMatchObject({
      problems: [{ file: 'flows/pipe.ygtc', message: 'it is no regular file' }],
    });
  });

  test('throws not_found for a folder that is not there', async () => {
    await expect(readFlowSources(join(dir, 'none'))).rejects.toMatchObject({ code: 'not_found' });
  });
});
