import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const PASSED_OVER = new Set(['node_modules', 'dist', 'coverage']);

/** A file of the repository, by its path from the root. */
export function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Files whose names match, as paths from the root; folders that begin with a dot are passed over. */
export function filesLike(pattern: RegExp, folder = ''): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return entry.name.startsWith('.') || PASSED_OVER.has(entry.name) ? [] : filesLike(pattern, path);
    }
    return pattern.test(path) ? [path] : [];
  });
}

export const documents = (): string[] => filesLike(/\.md$/);

/** The rows of the table between `<!-- name -->` and `<!-- /name -->`, without its head; backticks are kept. */
export function tableOf(markdown: string, name: string): string[][] {
  const inside = new RegExp(`<!-- ${name} -->([^]*?)<!-- /${name} -->`).exec(markdown)?.[1];
  if (inside === undefined) throw new Error(`There is no table between the markers of "${name}"`);
  const rows = inside.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .slice(1, row.lastIndexOf('|'))
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim().replaceAll('\\|', '|')),
  );
}

export interface Fence {
  /** All that stands behind the backticks: the language, and what the block is for. */
  info: string;
  text: string;
}

/** The fenced blocks of a document, in order; those of a list lose the list's indentation. */
export function fencesOf(markdown: string): Fence[] {
  return [...markdown.matchAll(/^( *)```(.+)\n([^]*?)^\1```$/gm)].map(
    ([, indent = '', info = '', text = '']) => ({
      info,
      text: text.replace(new RegExp(`^${indent}`, 'gm'), ''),
    }),
  );
}

export interface Link {
  from: string;
  /** As written. */
  target: string;
  /** From the root; the file itself for a link such as `#words`. */
  path: string;
  anchor: string | undefined;
}

/** The links of a document that stay inside the repository. */
export function linksOf(from: string): Link[] {
  const prose = read(from)
    .replace(/^ *```[^]*?^ *```$/gm, '')
    .replace(/`[^`\n]*`/g, '`code`');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [file = '', anchor] = target.split('#');
      const path = file === '' ? from : relative(ROOT, join(ROOT, dirname(from), file));
      return { from, target, path, anchor };
    });
}

/** The anchors that a renderer gives to the headings of a document. */
export function anchorsOf(path: string): Set<string> {
  const headings = read(path)
    .replace(/^ *```[^]*?^ *```$/gm, '')
    .matchAll(/^#{1,6} (.+)$/gm);
  return new Set(
    [...headings].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replace(/\s/g, '-'),
    ),
  );
}
