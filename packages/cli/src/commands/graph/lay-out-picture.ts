import { sizeLabel, sizeVertex, type Box } from './box-size.ts';
import type { Group, Link, Picture } from './picture.ts';
import { movePicture, packParts } from './pack-parts.ts';
import type { PlacedPicture, Rect } from './placed-picture.ts';
import { createPlan, layOutPlan, type Plan } from './plan.ts';
import { routeLinks } from './route-links.ts';
import { splitParts } from './split-parts.ts';

const SPACING = { nodesep: 28, edgesep: 20, ranksep: 78, marginx: 24, marginy: 24 };

/** Room for a flow's name above its first boxes. */
const TITLE_STRIP = 42;

/** Far more than any link weighs. */
const HELD = 50;

/** Finds a place for everything, in pixels; the same picture comes out the same every time. */
export function layOutPicture(picture: Picture, direction: 'TB' | 'LR'): PlacedPicture {
  return packParts(splitParts(picture).map((part) => layOutPart(part, direction)));
}

function layOutPart({ groups, links }: Picture, direction: 'TB' | 'LR'): PlacedPicture {
  const plan = createPlan({ rankdir: direction, ...SPACING });
  const boxes = new Map<string, Box>();
  for (const { key, vertices } of groups) {
    plan.setNode(key, { width: 0, height: 0 });
    for (const vertex of vertices) {
      const box = sizeVertex(vertex);
      boxes.set(vertex.key, box);
      plan.setNode(vertex.key, { width: box.width, height: box.height });
      plan.setParent(vertex.key, key);
    }
  }
  const labels = links.map(sizeLabel);
  for (const [index, link] of links.entries()) {
    const { width = 0, height = 0 } = labels[index] ?? {};
    plan.setEdge(link.from, link.to, { width, height, labelpos: 'c', weight: weightOf(link) }, String(index));
  }
  for (const group of groups) keepTriggersOnTop(plan, group);
  const placed = readPlan(layOutPlan(plan), { groups, links }, boxes, labels);
  if (direction === 'TB') return closeTop({ ...placed, links: routeLinks(placed) });
  const turned = turn(placed);
  return turn({ ...turned, links: routeLinks(turned) });
}

// A point above the triggers, which is not drawn: dagre has no other way to hold boxes in one rank.
function keepTriggersOnTop(plan: Plan, { key, vertices }: Group): void {
  const triggers = vertices.filter(({ look }) => look === 'trigger');
  if (triggers.length === 0) return;
  const top = `${key}top`;
  plan.setNode(top, { width: 1, height: 1 });
  plan.setParent(top, key);
  for (const trigger of triggers)
    plan.setEdge(top, trigger.key, { width: 0, height: 0, labelpos: 'c', weight: HELD }, top);
}

// The point above the triggers has left an empty strip in every frame.
function closeTop(placed: PlacedPicture): PlacedPicture {
  const groups = placed.groups.map((rect) => {
    const inside = placed.vertices.filter(({ vertex }) => rect.group.vertices.includes(vertex));
    const top = Math.max(rect.y, Math.min(...inside.map(({ y }) => y)) - TITLE_STRIP);
    return { ...rect, y: top, height: rect.height - (top - rect.y) };
  });
  const up = Math.min(...groups.map(({ y }) => y)) - SPACING.marginy;
  return movePicture({ ...placed, groups, height: placed.height - up }, { x: 0, y: -up });
}

/** The picture with its two directions exchanged. */
function turn(placed: PlacedPicture): PlacedPicture {
  const { width, height, groups, vertices, links } = placed;
  const turnRect = <R extends Rect>(rect: R): R => {
    return { ...rect, x: rect.y, y: rect.x, width: rect.height, height: rect.width };
  };
  return {
    width: height,
    height: width,
    groups: groups.map(turnRect),
    vertices: vertices.map(turnRect),
    links: links.map(({ link, points, label }) => ({
      link,
      points: points.map(({ x, y }) => ({ x: y, y: x })),
      ...(label && { label: turnRect(label) }),
    })),
  };
}

// What most runs follow is drawn straightest.
function weightOf({ kind }: Link): number {
  return kind === 'next' ? 3 : kind === 'condition' || kind === 'default' ? 2 : 1;
}

function readPlan(
  plan: Plan,
  { groups, links }: Picture,
  boxes: ReadonlyMap<string, Box>,
  labels: readonly Box[],
): PlacedPicture {
  const { width, height } = plan.graph();
  return {
    width,
    height,
    groups: groups.map((group) => ({ group, ...rectOf(plan.node(group.key)) })),
    vertices: groups.flatMap(({ vertices }) =>
      vertices.flatMap((vertex) => {
        const box = boxes.get(vertex.key);
        return box ? [{ vertex, box, ...rectOf(plan.node(vertex.key)) }] : [];
      }),
    ),
    links: links.map((link, index) => {
      const edge = plan.edge(link.from, link.to, String(index));
      const box = labels[index];
      const label = box &&
        box.width > 0 && { box, ...rectOf({ ...edge, width: box.width, height: box.height }) };
      return { link, points: edge.points, ...(label && { label }) };
    }),
  };
}

/** Dagre tells the middle of things. */
function rectOf({ x = 0, y = 0, width, height }: Partial<Rect> & Pick<Rect, 'width' | 'height'>): Rect {
  return { x: x - width / 2, y: y - height / 2, width, height };
}
