import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { HOSTILE, inEachPlace, UNMEASURABLE } from '../../../test/support/hostile.ts';
import { Json, OutboundMessage } from './index.ts';
import { readAs } from './read-as.ts';

const Line = z.strictObject({
  text: z.string().min(1).max(3),
  code: z.string().length(2).optional().catch(undefined),
  list: z.array(z.string().max(3)).max(2).optional(),
  either: z.union([z.string().max(3), z.looseObject({ length: z.unknown() })]).optional(),
  any: Json.optional(),
});
const hostile: unknown = JSON.parse(UNMEASURABLE);
const nested = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);

function faults(value: unknown): string[] {
  const issues = readAs(Line, value).error?.issues ?? [];
  return issues.map(({ code, path }) => `${code} ${path.join('.')}`);
}

describe('readAs()', () => {
  test('is needed: the schema itself throws', () => {
    expect(() => Line.safeParse({ text: hostile })).toThrow(TypeError);
  });

  test('gives what the schema gives', () => {
    expect(readAs(Line, { text: 'a', any: { length: [1] } })).toEqual({
      success: true,
      data: { text: 'a', any: { length: [1] } },
    });
    expect(faults({ text: 'abcd' })).toEqual(['too_big text']);
  });

  test.each<[string, unknown, string[]]>([
    ['in place of a text', { text: hostile }, ['invalid_type text']],
    ['in place of a list', { text: 'a', list: hostile }, ['invalid_type list']],
    ['in a list', { text: 'a', list: ['b', hostile] }, ['invalid_type list.1']],
    ['in place of everything', hostile, ['invalid_type text', 'unrecognized_keys ']],
    ['beside another fault', { text: hostile, list: 5 }, ['invalid_type text', 'invalid_type list']],
    ['where it is caught', { text: 'a', code: hostile }, []],
    ['where no schema measures', { text: 'a', any: [hostile] }, []],
  ])('tells what cannot be measured %s as any other fault', (_label, value, expected) => {
    expect(faults(value)).toEqual(expected);
  });

  test('leaves what stands beside it as it is', () => {
    const own: unknown = JSON.parse('{"length":{"x":[1]},"at":[1,{"length":2}]}');
    expect(readAs(Line, { text: 'a', code: hostile, any: own })).toEqual({
      success: true,
      data: { text: 'a', code: undefined, any: own },
    });
    expect(readAs(Line, { text: 'a', either: { length: [1] } }).data).toEqual({
      text: 'a',
      either: { length: [1] },
    });
  });

  test('tells a value that is nested beyond the stack', () => {
    const { error } = readAs(Line, { text: 'a', any: nested(100_000) });
    expect(error?.issues).toMatchObject([{ path: [], message: 'nested too deeply to be read' }]);
    expect(readAs(Line, { text: hostile, any: nested(100_000) }).success).toBe(false);
  });

  test('lets a fault of the schema through', () => {
    const broken = z.string().refine((): boolean => {
      throw new TypeError('broken');
    });
    expect(() => readAs(broken, 'a')).toThrow('broken');
  });
});

const MESSAGES: object[] = [
  { kind: 'text', body: 'a', previewUrl: true },
  { kind: 'media', type: 'image', media: { link: 'https://a.b/c', caption: 'd' } },
  { kind: 'location', location: { latitude: 1, longitude: 2, name: 'a', address: 'b' } },
  {
    kind: 'template',
    template: {
      name: 'a',
      language: { code: 'en' },
      components: [{ type: 'body', parameters: [{ type: 'text', text: 'b' }] }],
    },
  },
  {
    kind: 'interactive',
    interactive: {
      type: 'button',
      header: { type: 'text', text: 'a' },
      body: { text: 'b' },
      footer: { text: 'c' },
      action: { buttons: [{ type: 'reply', reply: { id: '1', title: 'd' } }] },
    },
  },
  {
    kind: 'interactive',
    interactive: {
      type: 'list',
      body: { text: 'b' },
      action: { button: 'c', sections: [{ title: 'd', rows: [{ id: '1', title: 'e', description: 'f' }] }] },
    },
  },
  {
    kind: 'contacts',
    contacts: [{ name: { formatted_name: 'a', first_name: 'b' }, phones: [{ phone: '1' }] }],
  },
];

describe('readAs(OutboundMessage) does not throw for', () => {
  test.each(HOSTILE)('%s in any place', (_label, json) => {
    for (const message of MESSAGES) {
      for (const text of inEachPlace(message, json))
        expect(() => readAs(OutboundMessage, JSON.parse(text))).not.toThrow();
    }
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});
