import { describe, expect, test } from '@jest/globals';
import { type HttpRequest, type HttpResult, type Journal, type TurnDone, type TurnResult } from '@alur/types';
import { checkFragment, turn } from './index.ts';
import { aSnapshot, flowOf, loaded, sendsOf, textEvent } from './testing/conversation.ts';

const GET = `
- id: a
  type: http
  config: {url: "https://shop.example.com/orders/{{message}}?k={{secrets.key}}", headers: {Authorization: "Bearer {{secrets.token}}"}}
  output: found
  on_error: sorry
  next: b
- {id: b, type: reply, config: {message: "{{found.ok}} {{found.status}} {{found.body.state}}"}}
- {id: sorry, type: reply, config: {message: sorry}}`;

const answered = (
  body: HttpResult['kind'] extends never ? never : Extract<HttpResult, { kind: 'answer' }>['body'],
  status = 200,
): HttpResult => ({
  kind: 'answer',
  status,
  headers: {},
  body,
  ms: 20,
});

/** Takes the turn again and again, answering each call in order. */
function play(
  nodes: string,
  answers: readonly HttpResult[],
  text = 'A 1',
): { result: TurnResult; requests: HttpRequest[] } {
  const flows = loaded([flowOf(nodes)]);
  const journal: Journal = {};
  const requests: HttpRequest[] = [];
  for (;;) {
    const result = turn(flows, aSnapshot({ list: [1, 2] }), textEvent(text), { journal });
    const answer = result.kind === 'needs' ? answers[requests.length] : undefined;
    if (result.kind === 'done' || !answer) return { result, requests };
    requests.push(result.request);
    journal[result.request.key] = answer;
  }
}
const done = ({ result }: { result: TurnResult }): TurnDone => {
  if (result.kind !== 'done') throw new Error('the turn needs an answer');
  return result;
};
const said = (played: { result: TurnResult }) =>
  sendsOf(done(played)).map(({ message }) => (message.kind === 'text' ? message.text : message.kind));
const firstOf = (nodes: string, text?: string) => {
  const { result } = play(nodes, [], text);
  if (result.kind !== 'needs') throw new Error(`no call: ${JSON.stringify(result.failure)}`);
  return result.request;
};
const flat = (pieces: HttpRequest['url'] | undefined) =>
  pieces?.map((piece) => (typeof piece === 'string' ? piece : `<${piece.secret} ${piece.as}>`)).join('');

describe('turn() with an http node', () => {
  test('asks for the call, with secrets by name and values encoded', () => {
    const request = firstOf(GET, '../x?y=1&z={{secrets.token}}');
    expect(flat(request.url)).toBe(
      'https://shop.example.com/orders/..%2Fx%3Fy%3D1%26z%3D%7B%7Bsecrets.token%7D%7D?k=<key url>',
    );
    expect(request).toMatchObject({ method: 'GET', flow: 'test', node: 'a', timeoutMs: 5000 });
    expect(request.headers.map(({ name, value }) => [name, flat(value)])).toEqual([
      ['Authorization', 'Bearer <token plain>'],
      ['accept', 'application/json, */*;q=0.5'],
    ]);
    expect(request).not.toHaveProperty('body');
  });

  test('goes on with the answer, whatever its status', () => {
    expect(said(play(GET, [answered({ state: 'paid' })]))).toEqual(['true 200 paid']);
    expect(said(play(GET, [answered(null, 404)]))).toEqual(['false 404 ']);
  });

  test('fails where there is no answer', () => {
    const failed = { kind: 'failed', code: 'timeout', message: 'no answer within 5 s', ms: 5000 } as const;
    expect(said(play(GET, [failed]))).toEqual(['sorry']);
    const { failure } = done(play(GET.replace('  on_error: sorry\n', ''), [failed]));
    expect(failure).toMatchObject({
      code: 'http',
      message: 'Flow "test" stopped at node "a": timeout: no answer within 5 s',
    });
  });

  test('names each call once, the same when the turn is repeated', () => {
    const two =
      GET.replace('next: b', 'next: c') +
      '\n- {id: c, type: http, config: {url: "https://x.example/"}, next: b}';
    const first = play(two, [answered(1), answered(2)]);
    expect(first.requests.map(({ key }) => key)).toEqual(
      play(two, [answered(1), answered(2)]).requests.map(({ key }) => key),
    );
    expect(new Set(first.requests.map(({ key }) => key)).size).toBe(2);
  });

  test.each<[string, string, string | undefined, string | undefined]>([
    [
      'a map is JSON, and values keep their type',
      'body: {n: "{{1 + 1}}", q: "{{message}}", l: "{{state.list}}", s: "k {{secrets.k}}"}',
      '{"n":2,"q":"a\\"b\\n","l":[1,2],"s":"k <k json>"}',
      'application/json',
    ],
    [
      'a map is a form where the header says so',
      'headers: {content-type: application/x-www-form-urlencoded}, body: {a b: "{{message}}", n: 1}',
      'a%20b=a%22b%0A&n=1',
      'application/x-www-form-urlencoded',
    ],
    ['a text is a text', 'body: "say {{message}}"', 'say a"b\n', 'text/plain; charset=utf-8'],
    [
      'a list is JSON',
      'method: PUT, body: [1, "{{message}}", null, true]',
      '[1,"a\\"b\\n",null,true]',
      'application/json',
    ],
  ])('writes a body: %s', (_, config, body, type) => {
    const request = firstOf(
      `- {id: a, type: http, config: {url: "https://x.example/", ${config}}}\n- {id: k, type: state, config: {action: set, key: list, value: 1}}`,
      'a"b\n',
    );
    expect(flat(request.body)).toBe(body);
    expect(flat(request.headers.find(({ name }) => name === 'content-type')?.value)).toBe(type);
  });

  test('lets no contact write a second header', () => {
    const { failure } = done(
      play(
        '- {id: a, type: http, config: {url: "https://x.example/", headers: {X-Name: "{{message}}"}}}',
        [],
        'a\r\nHost: evil',
      ),
    );
    expect(failure).toMatchObject({ code: 'http' });
    expect(failure?.message).not.toContain('evil');
  });

  test('takes the base address from a variable or a secret as it is', () => {
    const nodes = '- {id: a, type: http, config: {url: "{{secrets.base}}/x/{{message}}"}}';
    expect(flat(firstOf(nodes, 'a/b').url)).toBe('<base plain>/x/a%2Fb');
    const own = {
      ...flowOf(nodes.replace('secrets.base', 'flow.base'), 'variables: {base: "https://x.example/a"}\n'),
    };
    const result = turn(loaded([own]), aSnapshot(), textEvent('a/b'));
    expect(result.kind === 'needs' && flat(result.request.url)).toBe('https://x.example/a/x/a%2Fb');
  });

  test('stops at thirty seconds of answers', () => {
    const nodes = Array.from(
      { length: 8 },
      (_, n) =>
        `- {id: n${n}, type: http, config: {url: "https://x.example/", timeout: 30000}, next: n${n + 1}}`,
    ).join('\n');
    const { result, requests } = play(
      `${nodes}\n- {id: n8, type: reply, config: {message: end}}`,
      Array(8).fill({ ...answered(1), ms: 6_000 }),
    );
    expect(requests.map(({ timeoutMs }) => timeoutMs)).toEqual([30_000, 24_000, 18_000, 12_000, 6_000]);
    expect(result).toMatchObject({ failure: { code: 'budget' } });
  });

  test('counts the time of calls that fail, too', () => {
    const nodes = Array.from(
      { length: 4 },
      (_, n) =>
        `- {id: n${n}, type: http, config: {url: "https://x.example/", timeout: 30000}, next: n4, on_error: n${n + 1}}`,
    ).join('\n');
    const late = { kind: 'failed', code: 'timeout', message: 'no answer', ms: 14_000 } as const;
    const { result, requests } = play(
      `${nodes}\n- {id: n4, type: reply, config: {message: end}}`,
      Array(4).fill(late),
    );
    expect(requests.map(({ timeoutMs }) => timeoutMs)).toEqual([30_000, 16_000, 2_000]);
    expect(result).toMatchObject({ failure: { code: 'budget', node: 'n3' } });
  });

  test.each([
    ['http://x.example@evil.example/', 'user'],
    ['ftp://x.example/', 'https://'],
    ['https://{{message}}.example.com/', 'host'],
    ['https://x.example{{message}}/', 'host'],
    ['{{message}}/x', 'https://'],
    ['{{state.base}}/x', 'https://'],
    ['https://x.example/a b', 'space'],
    ['https:\\\\x.example', 'backslash'],
  ])('refuses the address %s when the file is loaded', (url, word) => {
    const [finding] = checkFragment({
      path: 'x',
      text: `- {id: a, type: http, config: {url: '${url}'}}\n- {id: b, type: state, config: {action: set, key: base, value: 1}}`,
    });
    expect(finding).toMatchObject({ code: 'E116', line: 1 });
    expect(`${finding?.message} ${finding?.fix}`).toContain(word);
  });

  test.each(['Host', 'content-length', 'Transfer-Encoding', 'Cookie', 'Idempotency-Key', 'a b', 'x:y'])(
    'refuses the header %s when the file is loaded',
    (name) => {
      const [finding] = checkFragment({
        path: 'x',
        text: `- {id: a, type: http, config: {url: 'https://x.example/', headers: {"${name}": x}}}`,
      });
      expect(finding).toMatchObject({ code: 'E116', line: 1 });
    },
  );
});
