import { coloursOf } from './palette.ts';
import type { Group, Link, Picture, Vertex } from './picture.ts';

const LABEL_CHARS_MAX = 60;

/** The corners of a node's shape in Mermaid; a type that is not here is a rounded box. */
const SHAPES: Readonly<Record<string, readonly [open: string, close: string]>> = {
  reply: ['[', ']'],
  branch: ['{', '}'],
  wait: ['[/', '/]'],
  state: ['[(', ')]'],
  http: ['[[', ']]'],
  flow2flow: ['[[', ']]'],
  event: ['>', ']'],
  handoff: ['[/', '\\]'],
  error: ['{{', '}}'],
  trigger: ['([', '])'],
};
const ROUNDED = ['(', ')'] as const;

const ARROWS: Readonly<Partial<Record<Link['kind'], string>>> = {
  error: '-.->',
  timeout: '-.->',
  invalid: '-.->',
  call: '==>',
};

/** The picture as a Mermaid flowchart, ending in a line end. */
export function renderMermaid({ groups, links }: Picture, direction: 'TB' | 'LR'): string {
  const types = new Map(
    groups.flatMap(({ vertices }) => vertices.map((vertex) => [classOf(vertex), vertex.type] as const)),
  );
  return [
    `flowchart ${direction}`,
    ...groups.flatMap((group) => renderGroup(group, direction)),
    ...links.map(renderLink),
    ...[...types].sort().map(([name, type]) => {
      const { fill, line, text } = coloursOf(type);
      return `classDef ${name} fill:${fill},stroke:${line},color:${text}`;
    }),
    'classDef deadEnd stroke-width:3px',
    'classDef unreachable stroke-dasharray:5 4,opacity:0.65',
    '',
  ].join('\n');
}

function renderGroup({ key, title, vertices }: Group, direction: string): string[] {
  const inside = [`direction ${direction}`, ...vertices.map(renderVertex)];
  return [`subgraph ${key}["${escapeText(title)}"]`, ...inside.map((line) => `  ${line}`), 'end'];
}

function renderVertex(vertex: Vertex): string {
  const { key, look, type, id, title, isDeadEnd, isUnreachable } = vertex;
  const [open, close] = (Object.hasOwn(SHAPES, type) ? SHAPES[type] : undefined) ?? ROUNDED;
  const head = look === 'node' ? [`<small>${escapeText(type)}</small>`] : [];
  const words = look === 'missing' ? ['not found'] : title === '' ? [] : [shorten(title)];
  const lines = [...head, look === 'trigger' ? shorten(id) : `<b>${escapeText(id)}</b>`, ...words];
  const classes = [
    classOf(vertex),
    ...(isDeadEnd ? ['deadEnd'] : []),
    ...(isUnreachable ? ['unreachable'] : []),
  ];
  // One class stands at the node, the rest in lines of their own: Mermaid reads one `:::` only.
  const [first = '', ...more] = classes;
  return [
    `${key}${open}"${lines.join('<br/>')}"${close}:::${first}`,
    ...more.map((each) => `class ${key} ${each}`),
  ].join('\n  ');
}

// `type` is what an author wrote; with `type_` before it, it is no word that Mermaid knows.
function classOf({ type }: Vertex): string {
  return /^\w+$/.test(type) ? `type_${type}` : 'type_unknown';
}

function renderLink({ from, to, kind, label }: Link): string {
  const arrow = ARROWS[kind] ?? '-->';
  return `${from} ${arrow}${label === '' ? '' : `|"${shorten(label)}"|`} ${to}`;
}

function shorten(text: string): string {
  const chars = Array.from(text);
  return escapeText(
    chars.length <= LABEL_CHARS_MAX ? text : `${chars.slice(0, LABEL_CHARS_MAX - 1).join('')}…`,
  );
}

/**
 * Text inside quotes. Everything but letters, digits and harmless marks becomes a character code (`#34;`), so that no
 * text can end its quotes, open a comment or a directive, or be taken for HTML.
 */
function escapeText(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(
      /[^\p{L}\p{N}\p{M}\p{Extended_Pictographic} .,_/!?=+…→'-]/gu,
      (char) => `#${char.codePointAt(0) ?? 0};`,
    );
}
