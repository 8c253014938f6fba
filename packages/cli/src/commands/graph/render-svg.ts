import { drawGroup, drawVertex } from './draw-boxes.ts';
import { drawLegend } from './draw-legend.ts';
import { drawLabel, drawLink, drawMarkers } from './draw-links.ts';
import { escapeXml, round } from './draw-text.ts';
import { cutLongWays } from './cut-long-ways.ts';
import { layOutPicture } from './lay-out-picture.ts';
import type { Picture } from './picture.ts';

const FONTS = "Helvetica, Arial, 'Liberation Sans', sans-serif";
const MARGIN = 24;
const WIDTH_MIN = 480;

/** The picture as an SVG file of its own: no scripts, no styles or fonts from elsewhere. */
export function renderSvg(picture: Picture, direction: 'TB' | 'LR'): string {
  const shown = cutLongWays(picture, direction);
  const placed = layOutPicture(shown, direction);
  const width = Math.ceil(Math.max(placed.width, WIDTH_MIN));
  const legend = drawLegend(shown, MARGIN, placed.height + 14, width - 2 * MARGIN);
  const height = Math.ceil(placed.height + 14 + legend.height);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title desc" font-family="${FONTS}" text-anchor="middle">`,
    `<title id="title">${escapeXml(titleOf(picture))}</title>`,
    `<desc id="desc">${escapeXml(describe(picture))}</desc>`,
    `<defs>${drawMarkers()}</defs>`,
    `<rect width="${round(width)}" height="${height}" fill="#ffffff"/>`,
    ...placed.groups.map(drawGroup),
    ...placed.links.map(drawLink),
    ...placed.vertices.map(drawVertex),
    ...placed.links.map(drawLabel).filter((label) => label !== ''),
    legend.svg,
    '</svg>',
    '',
  ].join('\n');
}

function titleOf({ groups }: Picture): string {
  return `${groups.length === 1 ? 'Flow' : 'Flows'} ${groups.map(({ title }) => title).join(', ')}`;
}

/** The picture in words, one sentence for each way. */
function describe({ groups, links }: Picture): string {
  const names = new Map(groups.flatMap(({ vertices }) => vertices.map(({ key, id }) => [key, id] as const)));
  return links
    .map(({ from, to, kind, label }) => {
      const how = kind === 'trigger' ? 'trigger starts' : label === '' ? 'leads to' : `leads (${label}) to`;
      return `${names.get(from) ?? from} ${how} ${names.get(to) ?? to}.`;
    })
    .join(' ');
}
