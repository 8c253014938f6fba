import { drawLines, escapeXml, round } from './draw-text.ts';
import type { PlacedLink, Point } from './placed-picture.ts';
import type { Link } from './picture.ts';

const CORNER = 12;

export interface LinkStyle {
  colour: string;
  dash?: string;
  width: number;
}

const CALM: LinkStyle = { colour: '#5c6773', width: 1.4 };

const STYLES: Readonly<Record<Link['kind'], LinkStyle>> = {
  next: CALM,
  condition: { colour: '#3156b8', width: 1.4 },
  default: { colour: '#3156b8', width: 1.4, dash: '1.5 3.5' },
  error: { colour: '#b4262b', width: 1.4, dash: '6 4' },
  timeout: { colour: '#8a5a00', width: 1.4, dash: '6 4' },
  invalid: { colour: '#8a5a00', width: 1.4, dash: '6 4' },
  call: { colour: '#9d2f63', width: 2.4 },
  trigger: { colour: '#2b3440', width: 1.4 },
};

export function styleOf(kind: Link['kind']): LinkStyle {
  return STYLES[kind];
}

/** The heads of arrows, one for each colour, since a marker does not take the colour of its line. */
export function drawMarkers(): string {
  return Object.entries(STYLES)
    .map(
      ([kind, { colour }]) =>
        `<marker id="head-${kind}" viewBox="0 0 10 10" refX="9.5" refY="5" markerUnits="userSpaceOnUse" markerWidth="9" markerHeight="9" orient="auto"><path d="M0 1 10 5 0 9z" fill="${colour}"/></marker>`,
    )
    .join('');
}

export function drawLink({ link, points }: PlacedLink): string {
  const { colour, dash, width } = STYLES[link.kind];
  const dashed = dash === undefined ? '' : ` stroke-dasharray="${dash}"`;
  return `<path d="${pathThrough(points)}" fill="none" stroke="${colour}" stroke-width="${width}"${dashed} marker-end="url(#head-${link.kind})"/>`;
}

/** The words of a link, on a ground that hides the line below them. */
export function drawLabel({ link, label }: PlacedLink): string {
  if (!label) return '';
  const { x, y, width, height, box } = label;
  const place = `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${height}"`;
  const words = drawLines(box.lines, x + width / 2, y, STYLES[link.kind].colour);
  return `<g><title>${escapeXml(link.label)}</title><rect ${place} rx="4" fill="#ffffff" fill-opacity="0.94"/>${words}</g>`;
}

/** Straight lines whose corners are rounded. */
function pathThrough(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return '';
  const parts = rest.map((point, index) => {
    const after = rest[index + 1];
    if (!after) return `L${at(point)}`;
    const before = points[index] ?? first;
    return `L${at(towards(point, before))}Q${at(point)} ${at(towards(point, after))}`;
  });
  return `M${at(first)}${parts.join('')}`;
}

function towards(from: Point, to: Point): Point {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy);
  const share = length === 0 ? 0 : Math.min(CORNER, length / 2) / length;
  return { x: from.x + dx * share, y: from.y + dy * share };
}

function at({ x, y }: Point): string {
  return `${round(x)} ${round(y)}`;
}
