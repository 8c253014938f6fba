import type { PlacedLink, PlacedPicture, PlacedVertex, Point, Rect } from './placed-picture.ts';

// A plan has its boxes in ranks, and each link has one point in every rank that it passes. Straight lines between these
// points would run through the boxes beside them. So a link goes straight through a rank, and sideways between two ranks.

const PORT_STEP = 16;
const PORT_MARGIN = 16;
/** A link leaves and reaches a box straight for so long, so that its arrow head points at the box. */
const LEAD = 11;

/** The links of a plan whose ranks follow one another downwards, with ends spread over the sides of their boxes. */
export function routeLinks({ vertices, links }: Pick<PlacedPicture, 'vertices' | 'links'>): PlacedLink[] {
  const labels = links.flatMap(({ label }) => label ?? []);
  const halfHeights = rankHeights([
    ...vertices.map((rect) => grow(rect, LEAD)),
    ...labels.map((rect) => grow(rect, 4)),
  ]);
  const boxes = new Map(vertices.map((placed) => [placed.vertex.key, placed]));
  const ends = links.flatMap((placed, index) => endsOf(placed, index, boxes));
  const ports = spreadPorts(ends);
  return links.map((placed, index) => {
    const [from, to] = [ports.get(`${index} from`), ports.get(`${index} to`)];
    if (!from || !to) return placed;
    const inner = placed.points.slice(1, -1);
    const sign = to.point.y > from.point.y ? 1 : -1;
    const edge = ({ x, y }: Point, way: number) => ({
      x,
      y: y + way * (halfHeights.get(Math.round(y)) ?? 0),
    });
    const points = [
      from.point,
      edge({ x: from.point.x, y: from.middle }, sign),
      ...inner.flatMap((point) => [edge(point, -sign), edge(point, sign)]),
      edge({ x: to.point.x, y: to.middle }, -sign),
      to.point,
    ];
    return { ...placed, points: withoutRepeats(points) };
  });
}

function grow({ x, y, width, height }: Rect, by: number): Rect {
  return { x, width, y: y - by, height: height + 2 * by };
}

/** Half the height of each rank, by where its middle is. */
function rankHeights(rects: readonly Rect[]): ReadonlyMap<number, number> {
  const heights = new Map<number, number>();
  for (const { y, height } of rects) {
    const middle = Math.round(y + height / 2);
    heights.set(middle, Math.max(heights.get(middle) ?? 0, height / 2));
  }
  return heights;
}

interface End {
  name: string;
  box: PlacedVertex;
  side: 'top' | 'bottom';
  /** Where the link comes from or goes to: ends of one side keep this order, so that they do not cross. */
  towards: number;
}

function endsOf(
  { link, points }: PlacedLink,
  index: number,
  boxes: ReadonlyMap<string, PlacedVertex>,
): End[] {
  const [from, to] = [boxes.get(link.from), boxes.get(link.to)];
  const [second, last] = [points[1], points.at(-2)];
  if (!from || !to || from === to || !second || !last) return [];
  const isDown = from.y < to.y;
  return [
    { name: `${index} from`, box: from, side: isDown ? 'bottom' : 'top', towards: second.x },
    { name: `${index} to`, box: to, side: isDown ? 'top' : 'bottom', towards: last.x },
  ];
}

interface Port {
  point: Point;
  /** Of the box's rank. */
  middle: number;
}

function spreadPorts(ends: readonly End[]): ReadonlyMap<string, Port> {
  const sides = new Map<string, End[]>();
  for (const end of ends) {
    const key = `${end.box.vertex.key} ${end.side}`;
    sides.set(key, [...(sides.get(key) ?? []), end]);
  }
  const ports = new Map<string, Port>();
  for (const side of sides.values()) {
    const ordered = side.toSorted((a, b) => a.towards - b.towards);
    for (const [at, { name, box, side: where }] of ordered.entries()) {
      const room = Math.min(PORT_STEP * (ordered.length - 1), box.width - 2 * PORT_MARGIN);
      const offset = ordered.length === 1 ? 0 : room * (at / (ordered.length - 1) - 0.5);
      const point = { x: box.x + box.width / 2 + offset, y: where === 'top' ? box.y : box.y + box.height };
      ports.set(name, { point, middle: box.y + box.height / 2 });
    }
  }
  return ports;
}

function withoutRepeats(points: readonly Point[]): Point[] {
  return points.filter(({ x, y }, index) => {
    const before = points[index - 1];
    return !before || Math.abs(before.x - x) + Math.abs(before.y - y) > 0.5;
  });
}
