import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readSecrets } from './secrets-file.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'alur-secrets-'));
  await mkdir(join(dir, 'secrets/acme'), { recursive: true });
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('readSecrets()', () => {
  const SECRET = 'EAAsecret4711';

  test.each([
    ['without its quotes', `{verify_token:${SECRET},app_secret:${SECRET}}`],
    ['with a secret in place of a key', JSON.stringify({ [SECRET]: 'x' })],
    ['that is cut off', `{"verify_token": "${SECRET}`],
    ['that is there twice', `{"verify_token": "${SECRET}"}{"verify_token": "${SECRET}"}`],
    ['with a key twice', `{"verify_token": "${SECRET}", "verify_token": "${SECRET}"}`],
  ])('says nothing of what is in a file %s', async (_label, text) => {
    await writeFile(join(dir, 'secrets/acme/shop.json'), text, { mode: 0o600 });
    const read = await readSecrets(dir, 'acme', 'shop');
    expect(read.kind).toBe('invalid');
    expect(JSON.stringify(read)).not.toContain(SECRET);
  });

  test('names a key that is misspelt', async () => {
    const text = JSON.stringify({ verify_token: 'x', access_tokens: {}, api_kyes: [] });
    await writeFile(join(dir, 'secrets/acme/shop.json'), text, { mode: 0o600 });
    const [problem] = await readSecrets(dir, 'acme', 'shop').then((read) =>
      read.kind === 'invalid' ? read.problems : [],
    );
    expect(problem).toMatchObject({
      message: '`api_kyes` is not known here',
      fix: 'did you mean `api_keys`?',
    });
  });
});
