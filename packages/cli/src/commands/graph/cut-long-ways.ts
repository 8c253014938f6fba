import { layOutPicture } from './lay-out-picture.ts';
import type { Link, Picture, Vertex } from './picture.ts';
import type { PlacedVertex } from './placed-picture.ts';

/** Pixels sideways and down together: about seven boxes below one another. The eye loses a line that is longer. */
const LONG_PX = 1_100;

/**
 * The picture with signs in the place of its longest ways: `→ name` stands where such a way begins. The shortest way to a box
 * stays in any case, so that a box keeps its place below what leads to it.
 */
export function cutLongWays(picture: Picture, direction: 'TB' | 'LR'): Picture {
  const placed = new Map(layOutPicture(picture, direction).vertices.map((each) => [each.vertex.key, each]));
  const lengths = new Map(picture.links.map((link) => [link, lengthOf(link, placed)]));
  const shortest = new Map<string, Link>();
  for (const link of picture.links) {
    const best = shortest.get(link.to);
    if (!best || (lengths.get(link) ?? 0) < (lengths.get(best) ?? 0)) shortest.set(link.to, link);
  }
  const isCut = (link: Link) => shortest.get(link.to) !== link && (lengths.get(link) ?? 0) > LONG_PX;
  const nameOf = namesOf(picture);
  return {
    groups: picture.groups.map((group) => {
      const own = new Set(group.vertices.map(({ key }) => key));
      const cut = picture.links.filter((link) => own.has(link.from) && isCut(link));
      const signs = new Map(cut.map((link) => [signKey(link), sign(link, nameOf(link.to, group.title))]));
      return { ...group, vertices: [...group.vertices, ...signs.values()] };
    }),
    links: picture.links.map((link) => (isCut(link) ? { ...link, to: signKey(link) } : link)),
  };
}

function lengthOf({ from, to }: Link, placed: ReadonlyMap<string, PlacedVertex>): number {
  const [a, b] = [placed.get(from), placed.get(to)];
  return a && b ? Math.abs(a.x - b.x) + Math.abs(a.y - b.y) : 0;
}

/** One sign for all ways from one box to another. */
function signKey({ from, to }: Link): string {
  return `${from}to${to}`;
}

function sign(link: Link, name: string): Vertex {
  const look = 'sign';
  return {
    key: signKey(link),
    look,
    type: look,
    id: `→ ${name}`,
    title: '',
    isDeadEnd: false,
    isUnreachable: false,
  };
}

/** What a box is called inside a flow: with the name of its flow where that is another one. */
function namesOf({ groups }: Picture): (key: string, flow: string) => string {
  const names = new Map(
    groups.flatMap(({ title, vertices }) => vertices.map(({ key, id }) => [key, { flow: title, id }])),
  );
  return (key, flow) => {
    const named = names.get(key);
    return named?.flow === flow ? named.id : `${named?.flow ?? ''}/${named?.id ?? ''}`;
  };
}
