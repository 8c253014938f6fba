import { readdirSync, readFileSync } from 'node:fs';
import { outlineFlows } from '@alur/flow';
import { describe, expect, test } from '@jest/globals';
import { cutLongWays } from './cut-long-ways.ts';
import { layOutPicture } from './lay-out-picture.ts';
import { fitText, textWidthPx, wrapText } from './measure-text.ts';
import { coloursOf } from './palette.ts';
import { buildPicture, type Picture } from './picture.ts';
import type { PlacedLink, PlacedPicture, Point, Rect } from './placed-picture.ts';
import { renderSvg } from './render-svg.ts';
import { styleOf } from './draw-links.ts';

const ROOT = new URL('../../../../../', import.meta.url);
const read = (path: string) => ({ path, text: readFileSync(new URL(path, ROOT), 'utf8') });
const BOOKING = [read('packages/cli/src/commands/graph/fixtures/booking.ygtc')];
const EXAMPLES = readdirSync(new URL('flows/examples', ROOT), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ygtc'))
  .sort()
  .map((path) => read(`flows/examples/${path}`));
const DEMO = [read('flows/demo/welcome.ygtc'), read('flows/demo/choices.ygtc')];

function pictureOf(sources: readonly { path: string; text: string }[]): Picture {
  const { outline } = outlineFlows(sources);
  return buildPicture(outline ? [outline] : []);
}

const shrink = ({ x, y, width, height }: Rect): Rect => ({
  x: x + 1,
  y: y + 1,
  width: width - 2,
  height: height - 2,
});
const overlaps = (a: Rect, b: Rect) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

function crosses({ points }: PlacedLink, rect: Rect): boolean {
  return points.slice(1).some((to, index) => {
    const from = points[index] ?? to;
    const steps = Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / 2);
    return Array.from({ length: steps + 1 }, (_, at): Point => {
      const share = steps === 0 ? 0 : at / steps;
      return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
    }).some(({ x, y }) => x > rect.x && x < rect.x + rect.width && y > rect.y && y < rect.y + rect.height);
  });
}

/** What lies over something else, in words. */
function clashes({ vertices, links }: PlacedPicture): string[] {
  const labels = links.flatMap(({ link, label }) => (label ? [{ link, rect: shrink(label) }] : []));
  const boxes = vertices.map((placed) => ({ key: placed.vertex.key, rect: shrink(placed) }));
  return [
    ...links.flatMap((placed) =>
      boxes
        .filter(
          ({ key, rect }) => key !== placed.link.from && key !== placed.link.to && crosses(placed, rect),
        )
        .map(({ key }) => `link ${placed.link.from} ${placed.link.to} over box ${key}`),
    ),
    ...links.flatMap((placed) =>
      labels
        .filter(({ link, rect }) => link !== placed.link && crosses(placed, rect))
        .map(({ link }) => `link ${placed.link.from} ${placed.link.to} over label ${link.label}`),
    ),
    ...labels.flatMap(({ link, rect }, index) => [
      ...boxes
        .filter((box) => overlaps(box.rect, rect))
        .map(({ key }) => `label ${link.label} over box ${key}`),
      ...labels
        .slice(index + 1)
        .filter((other) => overlaps(other.rect, rect))
        .map((other) => `label ${link.label} over ${other.link.label}`),
    ]),
  ];
}

describe('layOutPicture()', () => {
  test.each([
    ['the booking of sixty nodes', BOOKING, 'TB'],
    ['the booking of sixty nodes', BOOKING, 'LR'],
    ['two flows that lead into one another', DEMO, 'TB'],
    ['two flows that lead into one another', DEMO, 'LR'],
  ] as const)('draws %s without anything over anything else (%#)', (_, sources, direction) => {
    const placed = layOutPicture(pictureOf(sources), direction);
    expect(placed.vertices.length).toBeGreaterThan(30);
    expect(clashes(placed)).toEqual([]);
  });

  test.each(['TB', 'LR'] as const)(
    'draws pictures with signs without anything over anything else (%s)',
    (way) => {
      for (const sources of [BOOKING, DEMO])
        expect(clashes(layOutPicture(cutLongWays(pictureOf(sources), way), way))).toEqual([]);
    },
  );

  test.each(['TB', 'LR'] as const)(
    'puts flows that have nothing to do with one another into rows (%s)',
    (way) => {
      const { width, height, groups } = layOutPicture(pictureOf(EXAMPLES), way);
      expect(groups.length).toBeGreaterThan(10);
      expect(width / height).toBeGreaterThan(0.6);
      expect(width / height).toBeLessThan(2.5);
      const frames = groups.map(({ group, ...rect }) => ({ group, rect }));
      const over = frames.flatMap(({ rect }, at) =>
        frames.slice(at + 1).filter((other) => overlaps(rect, other.rect)),
      );
      expect(over).toEqual([]);
    },
  );

  test.each(['TB', 'LR'] as const)(
    'holds every box inside the frame of its flow, and all inside the picture (%s)',
    (direction) => {
      const { width, height, groups, vertices } = layOutPicture(pictureOf(DEMO), direction);
      const holds = (outer: Rect, inner: Rect) =>
        inner.x >= outer.x &&
        inner.y >= outer.y &&
        inner.x + inner.width <= outer.x + outer.width &&
        inner.y + inner.height <= outer.y + outer.height;
      for (const frame of groups) {
        expect(holds({ x: 0, y: 0, width, height }, frame)).toBe(true);
        const inside = vertices.filter(({ vertex }) => frame.group.vertices.includes(vertex));
        expect(inside.filter((box) => !holds(frame, box))).toEqual([]);
      }
    },
  );

  test('puts triggers above everything else', () => {
    const { vertices } = layOutPicture(pictureOf(BOOKING), 'TB');
    const bottoms = vertices
      .filter(({ vertex }) => vertex.look === 'trigger')
      .map(({ y, height }) => y + height);
    const tops = vertices.filter(({ vertex }) => vertex.look !== 'trigger').map(({ y }) => y);
    expect(bottoms).toHaveLength(4);
    expect(Math.max(...bottoms)).toBeLessThan(Math.min(...tops));
  });

  test('comes out the same every time', () => {
    expect(renderSvg(pictureOf(DEMO), 'TB')).toBe(renderSvg(pictureOf(DEMO), 'TB'));
  });

  test('draws a node that leads to itself, and one that is alone', () => {
    const text =
      "name: a\nversion: '1'\nnodes:\n  - { id: x, type: wait, next: x }\n  - { id: y, type: reply, config: { message: Hi } }\ntriggers:\n  - { type: message, target: x }\n";
    const { vertices, links } = layOutPicture(pictureOf([{ path: 'a', text }]), 'TB');
    const numbers = [...vertices, ...links.flatMap(({ points }) => points)].flatMap(({ x, y }) => [x, y]);
    expect(numbers.every(Number.isFinite)).toBe(true);
  });
});

describe('cutLongWays()', () => {
  const cut = cutLongWays(pictureOf(BOOKING), 'TB');
  const whole = pictureOf(BOOKING);

  test('makes a picture of sixty nodes narrow enough to read', () => {
    const [before, after] = [layOutPicture(whole, 'TB'), layOutPicture(cut, 'TB')];
    expect(after.width).toBeLessThan(2_000);
    expect(after.width * after.height).toBeLessThan((before.width * before.height) / 2);
  });

  test('puts a sign where a long way begins, with the words of the way', () => {
    const ends = new Map(cut.groups.flatMap(({ vertices }) => vertices.map(({ key, id }) => [key, id])));
    const names = (link: { from: string; to: string }) => [ends.get(link.from), ends.get(link.to)].join(' ');
    expect(cut.links.map(names)).toContain('wait_guests → give_up');
    expect(cut.links.map(({ kind, label }) => ({ kind, label }))).toEqual(
      whole.links.map(({ kind, label }) => ({ kind, label })),
    );
  });

  test('leaves every box the way that leads to it', () => {
    const led = (links: Picture['links']) =>
      new Set(links.map(({ to }) => to).filter((to) => !to.includes('to')));
    expect(led(cut.links)).toEqual(led(whole.links));
  });

  test('leaves a small picture as it is, and names the flow of a box of another one', () => {
    const small = pictureOf([read('flows/examples/handoff/talk_to_us.ygtc')]);
    expect(cutLongWays(small, 'TB')).toEqual(small);
    const svg = renderSvg(pictureOf(DEMO), 'TB');
    expect(svg).toContain('>→ welcome/menu</text>');
    expect(svg).toContain('<title>goes on at welcome/menu</title>');
    expect(svg).toContain('goes on at the box of that name</text>');
  });
});

/** Elements that are not closed in the right order; text and attributes are not looked at. */
function openElements(svg: string): string[] {
  const open: string[] = [];
  for (const [, slash, name = '', rest = ''] of svg.matchAll(/<(\/?)(\w+)([^<>]*)>/g)) {
    if (slash === '/') {
      if (open.pop() !== name) return [...open, name];
    } else if (!rest.endsWith('/')) open.push(name);
  }
  return open;
}

describe('renderSvg()', () => {
  test('is well-formed XML whatever a flow says', () => {
    const message = JSON.stringify('<b> & "q" \'a\' ]]> \u0007 \ud800 👋 {{x}}');
    const text = `name: a\nversion: '1'\nnodes:\n  - { id: x, type: reply, config: { message: ${message} } }\ntriggers:\n  - { type: message, pattern: '<&">', target: x }\n`;
    const svg = renderSvg(pictureOf([{ path: '<a>&.ygtc', text }]), 'TB');
    expect(openElements(svg)).toEqual([]);
    expect(svg.replace(/<\/?\w+(?: [\w-]+="[^"<]*")*(?: xmlns="[^"]*")?\/?>/g, '')).not.toMatch(/[<>]/);
    expect(svg).not.toMatch(/&(?!#\d+;)/);
    expect(svg).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/);
  });

  test('loads nothing and runs nothing', () => {
    expect(renderSvg(pictureOf(DEMO), 'TB')).not.toMatch(/href|<script|<style|<image|url\((?!#)|\bon\w+=/);
  });

  test('tells its content to screen readers', () => {
    const svg = renderSvg(pictureOf(DEMO), 'TB');
    expect(svg).toContain('role="img" aria-labelledby="title desc"');
    expect(svg).toContain('<title id="title">Flows welcome, choices</title>');
    expect(svg).toMatch(/<desc id="desc">.*greet leads \(default\) to greet_first\./);
  });

  test('shows a cut text whole in its title', () => {
    const condition = `message == '${'a long way '.repeat(9)}'`;
    const text = `name: a\nversion: '1'\nnodes:\n  - { id: x, type: branch, config: { conditions: [{ expression: "${condition}", next: y }] } }\n  - { id: y, type: reply, config: { message: Hi } }\ntriggers:\n  - { type: message, target: x }\n`;
    const svg = renderSvg(pictureOf([{ path: 'a', text }]), 'TB');
    expect(svg).toContain(`<title>${condition.replaceAll("'", '&#39;')}</title>`);
    expect(svg).toMatch(/>[^<]*a long…<\/text>/);
  });

  test('explains in its legend the types and ways that it has, and no others', () => {
    const svg = renderSvg(pictureOf(DEMO), 'TB');
    expect(svg).toContain('>if none holds</text>');
    expect(svg).toContain('>the run may end here</text>');
    expect(svg).not.toContain('>runs another flow</text>');
    expect(svg).not.toContain('>nothing leads here</text>');
  });
});

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

describe('colours', () => {
  const types = [
    'reply',
    'wait',
    'branch',
    'state',
    'template',
    'tag',
    'http',
    'event',
    'log',
    'flow2flow',
    'handoff',
    'opt_out',
    'opt_in',
    'error',
    'trigger',
    'missing',
    'elsewhere',
    'sign',
    'no such type',
    'constructor',
  ];

  test.each(types)('words on a box of type %s stand out by 4.5 to 1, its border by 2.5', (type) => {
    const { fill, line, text } = coloursOf(type);
    expect(contrast(fill, text)).toBeGreaterThanOrEqual(4.5);
    if (type !== 'trigger') expect(contrast('#fafbfc', line)).toBeGreaterThanOrEqual(2.5);
  });

  test.each(['next', 'condition', 'default', 'error', 'timeout', 'invalid', 'call', 'trigger'] as const)(
    'words at a way of kind %s stand out by 4.5 to 1',
    (kind) => {
      expect(contrast('#fafbfc', styleOf(kind).colour)).toBeGreaterThanOrEqual(4.5);
    },
  );
});

describe('measuring text', () => {
  const font = { size: 10 };

  test('fitText() cuts to the width, with an ellipsis', () => {
    expect(fitText('short', 100, font)).toBe('short');
    const cut = fitText('a rather long text', 50, font);
    expect(cut).toMatch(/^a ra.*…$/);
    expect(textWidthPx(cut, font)).toBeLessThanOrEqual(50);
  });

  test('wrapText() breaks at spaces and cuts the last line only', () => {
    expect(wrapText('one two', 100, 2, font)).toEqual(['one two']);
    expect(wrapText('one two three', 40, 2, font)).toEqual(['one two', 'three']);
    expect(wrapText('', 40, 2, font)).toEqual([]);
    const long = wrapText('one two three four five', 40, 2, font);
    expect(long).toEqual(['one two', expect.stringMatching(/^three.*…$/)]);
  });

  test('wrapText() ends for a word that is too long', () => {
    expect(wrapText('x'.repeat(100), 40, 2, font)).toEqual([expect.stringMatching(/^x+…$/)]);
    expect(wrapText(`${'x'.repeat(100)} y`, 40, 2, font)).toEqual([expect.stringMatching(/^x+…$/), 'y']);
  });
});
