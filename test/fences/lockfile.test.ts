import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { PARTS, folderOf } from './parts.ts';
import { ROOT } from './tree-copy.ts';

interface Entry {
  version?: string;
  resolved?: string;
  integrity?: string;
  link?: boolean;
  hasInstallScript?: boolean;
  engines?: { node?: string };
  os?: string[];
  cpu?: string[];
  libc?: string[];
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const lock: { packages: Record<string, Entry> } = JSON.parse(read('package-lock.json'));
const entries = Object.entries(lock.packages);
const outside = entries.filter(([place, entry]) => place.includes('node_modules/') && entry.link !== true);
const nameAt = (place: string) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** The lowest Node that the root package.json promises, and the one of the images. */
const NODES = ['20.19.0', '24.0.0'];

/** Packages whose install script never runs here, and why nothing is missed. */
const INSTALL_SCRIPTS: Readonly<Record<string, string>> = {
  '@swc/core': 'fetches a slow build where there is none for the platform; ours are all in the lock',
  'unrs-resolver': 'only looks whether the build for the platform is there',
  '@parcel/watcher': 'compiles where no build for the platform exists; only jest in watch mode uses it',
  'msgpackr-extract': 'compiles where no build for the platform exists; msgpackr does without',
  protobufjs: 'only warns about version ranges',
  ssh2: 'compiles a faster cipher; it does without, and only containers on other machines need it',
  'cpu-features': 'optional part of ssh2, which does without',
};

const FLOORS = {
  'path-to-regexp': '8.4.0',
  qs: '6.16.0',
  'body-parser': '2.2.1',
  yaml: '2.8.3',
  msgpackr: '1.10.1',
};

const PLATFORMS = [
  ['linux', 'x64'],
  ['linux', 'arm64'],
  ['darwin', 'x64'],
  ['darwin', 'arm64'],
  ['win32', 'x64'],
] as const;

const NATIVE = [
  '@swc/core',
  'unrs-resolver',
  'oxc-parser',
  'oxc-resolver',
  '@parcel/watcher',
  'msgpackr-extract',
];

type Version = readonly [number, number, number];

function parseVersion(text: string): Version {
  const found = /^(\d+)\.(\d+)\.(\d+)$/u.exec(text);
  if (found === null) throw new Error(`Cannot compare version "${text}": it is not three numbers`);
  return [Number(found[1]), Number(found[2]), Number(found[3])];
}

function compare(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

/** Whether a version is in a range of npm's: `||`, blanks as "and", `^ ~ >= > <= < =` and left-out or starred parts. */
function isInRange(version: string, range: string): boolean {
  return range.split('||').some((side) => {
    const comparators = side
      .trim()
      .replace(/([<>=^~])\s+/gu, '$1')
      .split(/\s+/u);
    return comparators.every((comparator) => meets(parseVersion(version), comparator));
  });
}

function meets(version: Version, comparator: string): boolean {
  if (comparator === '' || comparator === '*') return true;
  const found = /^(\^|~|>=|<=|>|<|=)?(\d+)(?:\.(\d+|[x*]))?(?:\.(\d+|[x*]))?$/u.exec(comparator);
  if (found === null) throw new Error(`Cannot read range "${comparator}": its form is not known`);
  const [operator = '', ...parts] = found.slice(1);
  const given = parts.map(Number).findIndex((part) => Number.isNaN(part));
  const size = given < 0 ? 3 : given;
  const [major, minor, patch] = parts.map((part, n) => (n < size ? Number(part) : 0));
  const low: Version = [major ?? 0, minor ?? 0, patch ?? 0];
  const at = compare(version, low) >= 0;
  const below = (end: Version) => compare(version, end) < 0;
  switch (operator) {
    case '>=':
      return at;
    case '<':
      return below(low);
    case '>':
      return !below(after(low, size));
    case '<=':
      return below(after(low, size));
    case '^':
      return at && below(after(low, low[0] > 0 ? 1 : Math.min(size, low[1] > 0 ? 2 : 3)));
    case '~':
      return at && below(after(low, Math.min(size, 2)));
    default:
      return at && below(after(low, size));
  }
}

/** The first version that differs in its first `size` parts. */
function after([major, minor, patch]: Version, size: number): Version {
  if (size === 1) return [major + 1, 0, 0];
  return size === 2 ? [major, minor + 1, 0] : [major, minor, patch + 1];
}

/** Where Node finds `name` from `place`, in the lock. */
function findEntry(place: string, name: string): Entry | undefined {
  for (let folder = place; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const entry = lock.packages[`${folder}${folder === '' ? '' : '/'}node_modules/${name}`];
    if (entry !== undefined || folder === '') return entry;
  }
}

describe('isInRange()', () => {
  test.each([
    ['>=20.19', true],
    ['>= 0.4', true],
    ['^20.19.0 || >=22.12.0', true],
    ['^18.14.0 || ^20.0.0 || ^22.0.0 || >=24.0.0', true],
    ['20 || >=22', true],
    ['^20.12||^22||>=24', true],
    ['6.* || 8.* || >= 10.*', true],
    ['>=16 || 14 >=14.17', true],
    ['>= 10.x', true],
    ['~20.19', true],
    ['<=20', true],
    ['*', true],
    ['>=20.20', false],
    ['^22.13.0 || >=24', false],
    ['>20', false],
    ['<20.19.0', false],
    ['~20.18', false],
    ['18 || 19', false],
    ['>=18 <20', false],
    ['^0.20.0', false],
  ])('20.19.0 in "%s": %s', (range, expected) => {
    expect(isInRange('20.19.0', range)).toBe(expected);
  });

  test('refuses a form that it does not know', () => {
    expect(() => isInRange('20.19.0', 'lts/iron')).toThrow('its form is not known');
  });
});

describe('package-lock.json', () => {
  test('resolves nothing but the links to the workspaces, so any registry will do', () => {
    const resolved = entries.filter(([, entry]) => entry.resolved !== undefined);
    expect(resolved.map(([place, { resolved: to, link }]) => [place, to, link]).sort()).toEqual(
      PARTS.map((part) => [`node_modules/@alur/${part}`, folderOf(part), true]).sort(),
    );
  });

  test('lists what the package.json files list', () => {
    for (const folder of ['', ...PARTS.map(folderOf)]) {
      const manifest: Entry = JSON.parse(read(path.join(folder, 'package.json')));
      const locked = lock.packages[folder];
      expect([folder, locked?.dependencies, locked?.devDependencies]).toEqual([
        folder,
        manifest.dependencies,
        manifest.devDependencies,
      ]);
    }
  });

  test('knows the checksum of every outside package', () => {
    const missing = outside.filter(([, entry]) => !/^sha512-/u.test(entry.integrity ?? ''));
    expect(missing.map(([place]) => place)).toEqual([]);
    expect(outside.length).toBeGreaterThan(100);
  });

  test.each(NODES)('holds nothing that refuses Node %s', (node) => {
    const refusing = outside.filter(([, { engines }]) => !isInRange(node, engines?.node ?? '*'));
    expect(refusing.map(([place]) => nameAt(place))).toEqual([]);
  });

  test('promises no lower Node than is checked', () => {
    const root: Entry = JSON.parse(read('package.json'));
    expect(`${root.engines?.node}.0`).toBe(`>=${NODES[0]}`);
  });

  test('holds every optional package of every package, so that it installs on any platform', () => {
    const missing = entries.flatMap(([place, entry]) =>
      Object.keys(entry.optionalDependencies ?? {})
        .filter((name) => findEntry(place, name) === undefined)
        .map((name) => `${place}: ${name}`),
    );
    expect(missing).toEqual([]);
  });

  test.each(NATIVE)('holds the builds of %s for every platform', (name) => {
    const place = `node_modules/${name}`;
    const builds = Object.keys(lock.packages[place]?.optionalDependencies ?? {}).map((build) =>
      findEntry(place, build),
    );
    const lacking = PLATFORMS.filter(
      ([os, cpu]) =>
        !builds.some(
          (build) =>
            build?.os?.includes(os) &&
            build.cpu?.includes(cpu) &&
            (build.libc ?? ['glibc']).includes('glibc'),
        ),
    );
    expect(lacking).toEqual([]);
  });

  test('names every package with an install script, which is never run', () => {
    const scripted = outside.filter(([, entry]) => entry.hasInstallScript).map(([place]) => nameAt(place));
    expect(scripted.sort()).toEqual(Object.keys(INSTALL_SCRIPTS).sort());
    expect(read('.npmrc').split('\n')).toContain('ignore-scripts=true');
    expect(read('.npmrc').split('\n')).toContain('omit-lockfile-registry-resolved=true');
  });

  test.each(Object.entries(FLOORS))('holds no %s below %s, which had a known hole', (name, floor) => {
    const versions = outside
      .filter(([place]) => nameAt(place) === name)
      .map(([, entry]) => entry.version ?? '');
    expect(versions).not.toEqual([]);
    expect(versions.filter((version) => !isInRange(version, `>=${floor}`))).toEqual([]);
  });
});
