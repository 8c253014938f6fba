import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ROOT, projectFiles } from './tree-copy.ts';

/** What no file may say. The samples are cut in two, so that this file says none of it either. */
interface Ban {
  what: string;
  pattern: RegExp;
  sample: string;
  isExempt?: (file: string) => boolean;
}

const isTest = (file: string) => /^test\/|\.test\.ts$|\/src\/testing\//u.test(file);
const isDocument = (file: string) => /^docs\/|\.md$/u.test(file);
const isLock = (file: string) => file === 'package-lock.json';

const BANS: Ban[] = [
  {
    what: "a path of somebody's machine",
    pattern: /(?<![\w.-])\/(?:work|root|Users\/\w+|home\/(?!node\b)\w+)\//u,
    sample: `read /ro${'ot'}/alur/flows`,
  },
  {
    what: "a drive of somebody's machine",
    pattern: /\b[A-Z]:\\{1,2}Users\b/u,
    sample: `C:\\Us${'ers'}\\me`,
  },
  {
    what: 'the address of a package registry',
    pattern: /registry\.(?:npm|yarn|[\w-]+\.(?:com|org|net|io|dev|cn)\b)|npm[m]irror|npm\.pkg\./iu,
    sample: `https://registry.np${'mjs'}.org/zod`,
  },
  {
    what: 'work left for later',
    pattern: /\b(?:TO[D]O|FIX[M]E)\b/u,
    sample: `// FIX${'ME'} later`,
  },
  {
    what: 'console.log outside the cli',
    pattern: /\bconsole\s*\.\s*log\b/u,
    sample: `console.l${'og'}(1)`,
    isExempt: (file) => !/^(?:packages|services)\//u.test(file) || file.startsWith('packages/cli/'),
  },
  {
    what: 'an access token',
    pattern: /(?<![A-Za-z0-9+/])EAA[A-Za-z0-9]{20,}/u,
    sample: `EA${'A'}${'b1'.repeat(12)}`,
    isExempt: (file) => isTest(file) || isDocument(file) || isLock(file),
  },
  {
    what: 'a private key',
    pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----/u,
    sample: `-----BEGIN RSA PRIV${'ATE'} KEY-----`,
  },
];

const isText = (text: string) => !text.includes('\0');

describe('the files of the project', () => {
  const texts = projectFiles()
    .map((file) => ({ file, text: readFileSync(path.join(ROOT, file), 'utf8') }))
    .filter(({ text }) => isText(text));

  test('are found', () => {
    expect(texts.map(({ file }) => file)).toEqual(
      expect.arrayContaining(['package.json', 'package-lock.json', 'packages/types/src/index.ts']),
    );
  });

  test.each(BANS)('say nothing like $what', ({ pattern, sample, isExempt }) => {
    expect(sample).toMatch(pattern);
    const hits = texts
      .filter(({ file }) => isExempt?.(file) !== true)
      .flatMap(({ file, text }) =>
        text.split('\n').flatMap((line, n) => (pattern.test(line) ? [`${file}:${n + 1}`] : [])),
      );
    expect(hits).toEqual([]);
  });
});
