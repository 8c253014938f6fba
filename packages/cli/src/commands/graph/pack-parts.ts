import type { PlacedPicture, Point } from './placed-picture.ts';

/** Width to height of a screen, roughly. */
const SHAPE = 1.6;

/** Puts pictures beside and below one another, in rows, so that the whole has about the shape of a screen. */
export function packParts(parts: readonly PlacedPicture[]): PlacedPicture {
  const area = parts.reduce((sum, { width, height }) => sum + width * height, 0);
  const widthMax = Math.max(Math.sqrt(area * SHAPE), ...parts.map(({ width }) => width));
  const whole: PlacedPicture = { width: 0, height: 0, groups: [], vertices: [], links: [] };
  let [x, y] = [0, 0];
  // The tallest first: those of a row are then about as tall as one another.
  for (const part of parts.toSorted((a, b) => b.height - a.height)) {
    if (x > 0 && x + part.width > widthMax) [x, y] = [0, whole.height];
    const { groups, vertices, links } = movePicture(part, { x, y });
    whole.groups.push(...groups);
    whole.vertices.push(...vertices);
    whole.links.push(...links);
    x += part.width;
    whole.width = Math.max(whole.width, x);
    whole.height = Math.max(whole.height, y + part.height);
  }
  return whole;
}

/** The same picture, so far to the right and down. */
export function movePicture(placed: PlacedPicture, by: Point): PlacedPicture {
  const move = <P extends Point>(point: P): P => ({ ...point, x: point.x + by.x, y: point.y + by.y });
  return {
    ...placed,
    groups: placed.groups.map(move),
    vertices: placed.vertices.map(move),
    links: placed.links.map(({ link, points, label }) => ({
      link,
      points: points.map(move),
      ...(label && { label: move(label) }),
    })),
  };
}
