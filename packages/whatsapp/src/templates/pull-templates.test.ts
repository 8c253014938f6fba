import { createServer } from 'node:http';
import { type Json } from '@alur/types';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createGraphClient } from '../graph/graph-client.ts';
import { listenOnLoopback } from '../testing/loopback-server.ts';
import { pullTemplates } from './pull-templates.ts';

const TOKEN = 'EAAsecret';
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Answers each call by what `after` says, and notes what was asked. */
async function pullFrom(answer: (after: string | null) => { status?: number; json: Json | undefined }) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://x');
    asked.push(`${request.method ?? ''} ${url.pathname} ${request.headers.authorization ?? ''}`);
    expect(url.searchParams.get('limit')).toBe('100');
    expect(url.searchParams.get('fields')).toContain('parameter_format');
    const { status = 200, json } = answer(url.searchParams.get('after'));
    response.writeHead(status).end(JSON.stringify(json));
  });
  const { url, close } = await listenOnLoopback(server);
  const graph = createGraphClient({ baseUrl: url, timeoutMs: 2_000 });
  cleanups.push(close, () => graph.close());
  const counts: number[] = [];
  const outcome = await pullTemplates(graph, {
    waba: '88',
    token: TOKEN,
    apiVersion: 'v25.0',
    onPage: (count) => counts.push(count),
  });
  return { outcome, asked, counts };
}

const one = (name: string, more: Record<string, Json> = {}) => ({
  id: name,
  name,
  language: 'en',
  status: 'APPROVED',
  category: 'UTILITY',
  components: [{ type: 'BODY', text: 'Hello' }],
  ...more,
});
const paging = (after: string, next = true) => ({
  cursors: { before: 'x', after },
  ...(next && { next: 'https://elsewhere.example/' }),
});

describe('pullTemplates()', () => {
  test('follows cursors to the last page, and keeps what it does not know', async () => {
    const { outcome, asked, counts } = await pullFrom((after) =>
      after === null
        ? { json: { data: [one('a'), one('b', { new_member: 1 })], paging: paging('two') } }
        : { json: { data: [one('c')], paging: paging('three', false) } },
    );
    expect(outcome).toMatchObject({
      kind: 'pulled',
      templates: [{ name: 'a' }, { name: 'b', new_member: 1 }, { name: 'c' }],
      leftOut: [],
    });
    expect(asked).toEqual(Array(2).fill(`GET /v25.0/88/message_templates Bearer ${TOKEN}`));
    expect(counts).toEqual([2, 3]);
  });

  test('leaves out what is not as documented, and keeps its siblings', async () => {
    const { outcome } = await pullFrom(() => ({
      json: { data: [one('a'), one('B B'), 7, one('c', { components: 'none' })] },
    }));
    expect(outcome).toMatchObject({
      kind: 'pulled',
      templates: [{ name: 'a' }],
      leftOut: [
        { name: 'B B', language: 'en', problem: expect.stringContaining('`name` is not as documented') },
        { problem: expect.stringContaining('it is not as documented') },
        { name: 'c', problem: expect.stringContaining('`components`') },
      ],
    });
  });

  test('ends where pages lead in circles or never end', async () => {
    const circle = await pullFrom((after) => ({
      json: { data: [], paging: paging(after === 'a' ? 'b' : 'a') },
    }));
    expect(circle.outcome).toEqual({ kind: 'endless', pages: 3 });
    let page = 0;
    const endless = await pullFrom(() => ({ json: { data: [], paging: paging(`p${(page += 1)}`) } }));
    expect([endless.outcome, endless.asked.length]).toEqual([{ kind: 'endless', pages: 200 }, 200]);
  });

  test.each<[string, number, Json | undefined, object]>([
    ['no list', 200, { data: 7 }, { kind: 'failed', reason: 'bad_answer' }],
    [
      'a next page without a cursor',
      200,
      { data: [], paging: { next: 'x' } },
      { kind: 'failed', reason: 'bad_answer' },
    ],
    [
      'a refusal',
      401,
      { error: { message: 'Invalid OAuth access token', type: 'OAuthException', code: 190 } },
      { kind: 'refused', httpStatus: 401, error: { code: 190 } },
    ],
    ['a server that is down', 500, undefined, { kind: 'failed', reason: 'bad_answer', httpStatus: 500 }],
  ])('tells of %s on any page', async (_, status, json, expected) => {
    const first = await pullFrom(() => ({ status, json }));
    expect(first.outcome).toMatchObject(expected);
    const second = await pullFrom((after) =>
      after === null ? { json: { data: [one('a')], paging: paging('two') } } : { status, json },
    );
    expect(second.outcome).toMatchObject(expected);
    expect(JSON.stringify([first.outcome, second.outcome])).not.toContain(TOKEN);
  });
});
