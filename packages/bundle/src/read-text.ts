import { open } from 'node:fs/promises';

export type TextFile =
  { kind: 'text'; text: string; mode: number } | { kind: 'missing' } | { kind: 'too_large' };

/** Reads a whole file, at most `bytesMax` of it. Any fault but "not there" is thrown as it is. */
export async function readText(path: string, bytesMax: number): Promise<TextFile> {
  const file = await openOrMissing(path);
  if (!file) return { kind: 'missing' };
  try {
    const { size, mode } = await file.stat();
    if (size > bytesMax) return { kind: 'too_large' };
    return { kind: 'text', text: await file.readFile('utf8'), mode: mode & 0o777 };
  } finally {
    await file.close();
  }
}

async function openOrMissing(path: string) {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false;
  return error.code === 'ENOENT' || error.code === 'ENOTDIR';
}
