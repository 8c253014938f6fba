import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { anchorsOf, documents, linksOf, read, ROOT } from './markdown.ts';

const Manifest = z.looseObject({ scripts: z.record(z.string(), z.string()) });

describe('what the documents point to', () => {
  test.each(documents())('%s: every link leads to a file and a heading that are there', (document) => {
    const broken = linksOf(document).filter(({ path, anchor }) => {
      if (!existsSync(join(ROOT, path))) return true;
      return anchor !== undefined && !(path.endsWith('.md') && anchorsOf(path).has(anchor));
    });
    expect(broken).toEqual([]);
  });

  test.each(documents())('%s: every npm script that it names is there', (document) => {
    const { scripts } = Manifest.parse(JSON.parse(read('package.json')));
    const named = [...read(document).matchAll(/npm run (?:--silent )?([a-z:]+)|`npm (test)\b/g)].map(
      ([, run, short]) => run ?? short ?? '',
    );
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  test.each(documents())('%s: every script that it calls by its path is there', (document) => {
    const named = [...read(document).matchAll(/\bnode ((?:scripts|deploy|packages)\/[\w./-]+\.m?js)/g)];
    expect(named.map(([, path = '']) => path).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});
