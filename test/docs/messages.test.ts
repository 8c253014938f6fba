import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Interactive, MEDIA_TYPES, MediaType, MESSAGE_LIMITS, OutboundMessage } from '@alur/types';
import { listMediaFiles, renderMessage, withMediaIds } from '@alur/whatsapp';
import { describe, expect, test } from '@jest/globals';
import { format } from 'prettier';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import {
  aSnapshot,
  flowOf,
  loaded,
  messagesOf,
  takeTurn,
  textEvent,
} from '../../packages/flow/src/testing/conversation.ts';
import { fencesOf, read, ROOT } from './markdown.ts';

// To write the tables anew: ALUR_UPDATE_DOCS=1 npm run jest -- test/docs/messages
const PAGE = 'docs/messages.md';

const Nodes = z.array(z.looseObject({ id: z.string() }));
const nodes = fencesOf(read(PAGE))
  .filter(({ info }) => info === 'yaml nodes')
  .flatMap(({ text }) => Nodes.parse(parse(text)));

/** What a node of the page sends, as Graph gets it. */
function sent(node: unknown): { message: OutboundMessage; body: Record<string, unknown> } {
  const flows = loaded([flowOf(stringify([node]))]);
  const [message] = messagesOf(takeTurn(flows, aSnapshot(), textEvent('123456')));
  if (!message) throw new Error('The node sends nothing');
  const ids = new Map(listMediaFiles(message).map((path) => [path, '1']));
  return { message, body: renderMessage(withMediaIds(message, ids), { waId: '1' }, { opaque: 'o' }) };
}

const grouped = (count: number) => count.toLocaleString('en-US');

function sizeOf(bytes: number): string {
  const mb = bytes / 1024 / 1024;
  return mb >= 1 ? `${mb} MB` : `${bytes / 1024} KB`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return `\n\n${lines.join('\n')}\n\n`;
}

const TABLES: Record<string, string> = {
  limits: table(
    ['kind', 'limit', 'of', 'source'],
    MESSAGE_LIMITS.map(({ kind, max, of, source }) => [`\`${kind}\``, grouped(max), of, source]),
  ),
  media: table(
    ['type', 'MIME types', 'size of a file'],
    Object.entries(MEDIA_TYPES).map(([type, { mimeTypes, maxBytes }]) => [
      `\`${type}\``,
      mimeTypes.map((each) => `\`${each}\``).join(', '),
      sizeOf(maxBytes),
    ]),
  ),
};

async function page(): Promise<string> {
  const text = Object.entries(TABLES).reduce(
    (before, [name, rows]) =>
      before.replace(new RegExp(`(<!-- ${name} -->)[^]*?(<!-- /${name} -->)`), `$1${rows}$2`),
    read(PAGE),
  );
  return format(text, { parser: 'markdown', printWidth: 110, proseWrap: 'preserve', singleQuote: true });
}

describe(PAGE, () => {
  test('has the limits as they are checked', async () => {
    const expected = await page();
    if (process.env['ALUR_UPDATE_DOCS'] === '1') writeFileSync(join(ROOT, PAGE), expected);
    expect(read(PAGE)).toBe(expected);
  });

  test.each(nodes)('$id sends a message that Graph can take', (node) => {
    expect(sent(node).body).toMatchObject({ messaging_product: 'whatsapp', to: '1' });
  });

  test('shows every kind, every type of media and every type of an interactive message', () => {
    const messages = nodes.map((node) => sent(node).message);
    const shown = messages.flatMap((message) => [
      message.kind,
      ...(message.kind === 'media' ? [message.media.type] : []),
      ...(message.kind === 'interactive' ? [message.interactive.type] : []),
    ]);
    const known = [
      ...OutboundMessage.options.flatMap(({ shape }) => [...shape.kind.values]),
      ...MediaType.options,
      ...Interactive.options.flatMap(({ shape }) => [...shape.type.values]),
    ];
    expect([...new Set(shown)].sort()).toEqual([...new Set<string>(known)].sort());
  });
});
