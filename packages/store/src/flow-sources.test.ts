import { hash } from '@alur/types';
import { describe, expect, test } from '@jest/globals';
import { keepFlows, readFlows, readLastGood, setLastGood, type FlowFiles } from './flow-sources.ts';
import { loadScript } from './script.ts';
import { useStore } from './testing/use-store.ts';

const store = useStore();
const team = { tenant: 'default', team: 'default' };
const set = (name: string, texts: Record<string, string>): FlowFiles => ({
  ...team,
  hash: hash('set', name),
  files: Object.entries(texts).map(([path, text]) => ({ path, text })),
});
const keep = (flows: FlowFiles) => keepFlows(store.real, 0, flows);
const read = ({ hash: name }: FlowFiles, of = team) => readFlows(store.real, 0, { ...of, hash: name });
const sources = async () => (await store.real.keys('{s0}:source:*')).length;
const written = async (work: () => Promise<unknown>) => {
  await store.real.config('RESETSTAT');
  await work();
  return Number(/^cmdstat_set:calls=(\d+)/m.exec(await store.real.info('commandstats'))?.[1] ?? 0);
};

describe('keepFlows()', () => {
  const one = set('one', { 'a.ygtc': 'name: a\n', 'b.ygtc': 'name: b é "{{x}}"\n', 'empty.ygtc': '' });

  test('gives the files back as they were, and undefined for what it does not know', async () => {
    await keep(one);
    expect(await read(one)).toEqual(one.files);
    expect(await read(set('two', {}))).toBeUndefined();
    expect(await read(one, { ...team, team: 'other' })).toBeUndefined();
    await keep(set('two', {}));
    expect(await read(set('two', {}))).toEqual([]);
  });

  test('writes a text once, however many sets have it, and nothing the second time', async () => {
    expect(await written(() => keep(one))).toBe(4);
    const two = set('two', { 'a.ygtc': 'name: a\n', 'c.ygtc': 'name: a\n', 'd.ygtc': 'name: d\n' });
    expect(await written(() => keep(two))).toBe(2);
    expect(await written(() => keep(two))).toBe(0);
    expect(await sources()).toBe(4);
    expect(await read(two)).toEqual(two.files);
  });

  test('gives a set a new life each time it is named', async () => {
    await keep(one);
    const all = await store.real.keys('*');
    await Promise.all(all.map((key) => store.real.expire(key, 10)));
    await keep(one);
    const lives = await Promise.all(all.map((key) => store.real.ttl(key)));
    expect(Math.min(...lives)).toBeGreaterThan(91 * 86_400);
  });

  test('sends again what is lost, and has no set without all its sources', async () => {
    const many = set(
      'many',
      Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`${index}.ygtc`, `name: f${index}`])),
    );
    // A runner dies after it has asked what is missing.
    const keyList = [store.keys.manifest('m'), store.keys.source('a'), store.keys.source('b')];
    expect(await loadScript('keep-flows').run(store.real, keyList, [60, '[]', '=text', ''])).toEqual([2]);
    expect(await store.real.exists(...keyList)).toBe(1);
    await Promise.all([keep(many), keep(many)]);
    expect(await read(many)).toEqual(many.files);
    await store.real.del(store.keys.source(hash('name: f7')));
    expect(await read(many)).toBeUndefined();
    expect(await written(() => keep(many))).toBe(1);
    expect(await read(many)).toEqual(many.files);
  });
});

describe('readLastGood()', () => {
  test('tells the last set that was noted for the team', async () => {
    expect(await readLastGood(store.real, 0, team)).toBeUndefined();
    await setLastGood(store.real, 0, { ...team, hash: 'a' });
    await setLastGood(store.real, 0, { ...team, hash: 'b' });
    await setLastGood(store.real, 0, { ...team, team: 'other', hash: 'c' });
    expect(await readLastGood(store.real, 0, team)).toBe('b');
  });
});
