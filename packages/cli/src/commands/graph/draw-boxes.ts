import { drawLines, escapeXml, round } from './draw-text.ts';
import type { PlacedPicture, PlacedVertex, Rect } from './placed-picture.ts';
import { coloursOf } from './palette.ts';
import type { Vertex } from './picture.ts';

export function drawVertex({ vertex, box, x, y, width, height }: PlacedVertex): string {
  const { fill, line, text } = coloursOf(vertex.type);
  const isRound = vertex.look === 'trigger' || vertex.look === 'sign';
  const radius = isRound ? Math.min(height / 2, 20) : 8;
  const stroke = `stroke="${line}" stroke-width="${vertex.isDeadEnd ? 3 : 1.4}"${dashOf(vertex)}`;
  const rect = `<rect ${drawRect({ x, y, width, height })} rx="${radius}" fill="${fill}" ${stroke}/>`;
  const words = drawLines(box.lines, x + width / 2, y, text);
  return `<g><title>${escapeXml(fullText(vertex))}</title>${rect}${words}</g>`;
}

/** The frame of a flow with its name; drawn below everything else. */
export function drawGroup({ group, ...rect }: PlacedPicture['groups'][number]): string {
  const frame = `<rect ${drawRect(rect)} rx="12" fill="#fafbfc" stroke="#c3cad2"/>`;
  const place = `x="${round(rect.x + 14)}" y="${round(rect.y + 24)}"`;
  const title = `<text ${place} text-anchor="start" font-size="15" font-weight="bold" fill="#2b3440">${escapeXml(group.title)}</text>`;
  return `<g><title>${escapeXml(`${group.title} (${group.file})`)}</title>${frame}${title}</g>`;
}

export function drawRect({ x, y, width, height }: Rect): string {
  return `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`;
}

function dashOf({ look, isUnreachable }: Vertex): string {
  return isUnreachable || look === 'missing' || look === 'elsewhere' ? ' stroke-dasharray="5 4"' : '';
}

function fullText({ look, type, id, title, isDeadEnd, isUnreachable }: Vertex): string {
  if (look === 'trigger') return `trigger: ${id}`;
  if (look === 'sign') return `goes on at ${id.replace('→ ', '')}`;
  if (look === 'missing') return `${id}: not found`;
  if (look === 'elsewhere') return `${id}: in a flow that is not in this picture`;
  const notes = [
    ...(isDeadEnd ? ['the run may end here'] : []),
    ...(isUnreachable ? ['nothing leads here'] : []),
  ];
  return [`${type} ${id}`, ...(title === '' ? [] : [title]), ...notes].join(' - ');
}
