import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { MEDIA_FILES_MAX, readMediaFiles } from './read-media-files.ts';

let dir: string;
let media: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'alur-media-'));
  media = join(dir, 'media');
  await mkdir(join(media, 'shop'), { recursive: true });
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const JPEG = Buffer.from('\xff\xd8\xff\xe0 a cat', 'latin1');
const PDF = Buffer.from('%PDF-1.7 a menu');
const webp = (bytes: number, flags: number) => {
  const file = Buffer.alloc(bytes);
  file.write('RIFF....WEBPVP8X', 'latin1');
  file[20] = flags;
  return file;
};
const put = (name: string, bytes: Buffer | string) => writeFile(join(media, name), bytes);
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('readMediaFiles()', () => {
  test('finds nothing where there is no folder', async () => {
    await rm(media, { recursive: true });
    expect(await readMediaFiles(dir)).toEqual({ files: new Map(), problems: [] });
  });

  test('reads files of all folders, sorted, with size, type and hash', async () => {
    await put('shop/menu.pdf', PDF);
    await put('cat.JPG', JPEG);
    await put('.hidden.jpg', 'no');
    const { files, problems } = await readMediaFiles(dir);
    expect(problems).toEqual([]);
    expect([...files.values()]).toEqual([
      {
        path: 'media/cat.JPG',
        absolute: join(media, 'cat.JPG'),
        bytes: JPEG.length,
        mimeType: 'image/jpeg',
        sha256: sha256(JPEG),
        stamp: expect.any(String),
      },
      expect.objectContaining({
        path: 'media/shop/menu.pdf',
        mimeType: 'application/pdf',
        sha256: sha256(PDF),
      }),
    ]);
  });

  test('reads files as Kubernetes mounts them: links to a hidden copy, each once', async () => {
    await mkdir(join(media, '..2026_1'));
    await put('..2026_1/a.pdf', PDF);
    await symlink('..2026_1', join(media, '..data'));
    await symlink('..data/a.pdf', join(media, 'a.pdf'));
    const { files, problems } = await readMediaFiles(dir);
    expect([[...files.keys()], problems]).toEqual([['media/a.pdf'], []]);
  });

  test('tells of each faulty file, with its fix, and keeps the others', async () => {
    await put('good.pdf', PDF);
    await put('notes.md', 'x');
    await put('none', 'x');
    await put('empty.txt', '');
    await put('photo.jpg', PDF);
    await put('back\\slash.pdf', PDF);
    await writeFile(join(dir, 'outside.pdf'), PDF);
    await symlink('../outside.pdf', join(media, 'link.pdf'));
    await symlink('nowhere', join(media, 'lost.pdf'));
    await symlink('.', join(media, 'round'));
    await symlink('shop', join(media, 'folder.pdf'));
    await promisify(execFile)('mkfifo', [join(media, 'pipe.pdf')]);
    const { files, problems } = await readMediaFiles(dir);
    expect([...files.keys()]).toEqual(['media/good.pdf']);
    expect(problems.map(({ file, message }) => `${file}: ${message}`)).toEqual([
      'media/back\\slash.pdf: flows cannot name it',
      'media/empty.txt: the file is empty',
      'media/folder.pdf: it is no regular file',
      'media/link.pdf: the link leads out of the media folder',
      'media/lost.pdf: the file cannot be read',
      'media/none: its ending is none that WhatsApp takes',
      'media/notes.md: its ending is none that WhatsApp takes',
      'media/photo.jpg: it does not begin as image/jpeg does',
      'media/pipe.pdf: it is no regular file',
      'media/round: its ending is none that WhatsApp takes',
    ]);
    expect(problems.every(({ fix }) => fix !== '')).toBe(true);
  });

  test.each<[string, Buffer]>([
    ['a.png', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')],
    ['a.webp', webp(30, 0)],
    ['a.mp4', Buffer.from('\0\0\0\x18ftypmp42', 'latin1')],
    ['a.3gp', Buffer.from('\0\0\0\x18ftyp3gp5', 'latin1')],
    ['a.m4a', Buffer.from('\0\0\0\x18ftypM4A ', 'latin1')],
    ['a.ogg', Buffer.from('OggS')],
    ['a.amr', Buffer.from('#!AMR\n')],
    ['a.docx', Buffer.from('PK\x03\x04', 'latin1')],
    ['a.doc', Buffer.from('\xd0\xcf\x11\xe0', 'latin1')],
  ])('knows %s by its first bytes', async (name, bytes) => {
    await put(name, bytes);
    expect((await readMediaFiles(dir)).problems).toEqual([]);
    await put(name, Buffer.concat([Buffer.from('<html>  '), bytes]));
    expect((await readMediaFiles(dir)).problems).toMatchObject([{ file: `media/${name}` }]);
  });

  test.each([
    ['a.jpg', JPEG, 5 * 1024 * 1024],
    ['a.pdf', PDF, 100 * 1024 * 1024],
    ['a.webp', webp(30, 0x10), 100 * 1024],
    ['a.webp', webp(30, 0x12), 500 * 1024],
  ])('takes %s up to its size and not a byte more', async (name, head, bytesMax) => {
    await put(name, head);
    await truncate(join(media, name), bytesMax);
    expect((await readMediaFiles(dir)).problems).toEqual([]);
    await truncate(join(media, name), bytesMax + 1);
    expect((await readMediaFiles(dir)).problems).toMatchObject([
      { message: expect.stringContaining(`may have ${bytesMax}`) },
    ]);
  });

  test('reads no file again that has not changed', async () => {
    await put('a.pdf', PDF);
    const first = (await readMediaFiles(dir)).files;
    const [file] = first.values();
    // What was kept is given back as it is, so its hash was not made again.
    const kept = new Map([...first].map(([path, one]) => [path, { ...one, sha256: 'kept' }]));
    expect((await readMediaFiles(dir, kept)).files.get('media/a.pdf')?.sha256).toBe('kept');
    await put('a.pdf', await readFile(join(media, 'a.pdf')));
    await utimes(join(media, 'a.pdf'), 1, 1);
    expect((await readMediaFiles(dir, kept)).files.get('media/a.pdf')?.sha256).toBe(file?.sha256);
  });

  test('takes so many files and tells of each one more', async () => {
    const names = Array.from(
      { length: MEDIA_FILES_MAX + 2 },
      (_none, at) => `${String(at).padStart(5, '0')}.txt`,
    );
    for (const name of names) await put(name, 'x');
    const { files, problems } = await readMediaFiles(dir);
    expect(files.size).toBe(MEDIA_FILES_MAX);
    expect(problems.map(({ file }) => file)).toEqual(['media/01000.txt', 'media/01001.txt']);
  });
});
