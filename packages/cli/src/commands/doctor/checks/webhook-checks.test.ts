import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { once } from 'node:events';
import type { Server } from 'node:net';
import { signBody } from '@alur/whatsapp';
import { afterEach, describe, expect, test } from '@jest/globals';
import { aBundle, aTeam } from '../../../../../../test/support/bundle.ts';
import { selfSigned } from '../../../testing/self-signed.ts';
import { lineOf, type Line } from '../check.ts';
import { runChecks } from '../run-checks.ts';
import { openVisit, type DoctorFlags } from '../visit.ts';
import { certificateVerdict } from './address-checks.ts';
import { webhookChecks } from './webhook-checks.ts';

let server: Server | undefined;
afterEach(async () => {
  server?.close();
  if (server) await once(server, 'close');
  server = undefined;
});

async function listen(started: Server): Promise<number> {
  server = started;
  started.listen(0, '127.0.0.1');
  await once(started, 'listening');
  const address = started.address();
  return typeof address === 'object' && address ? address.port : 0;
}

const flags: DoctorFlags = { timeout: '5s', fix: false, offline: false, strict: false };

/** With a Graph API that is not Meta, unless told otherwise. */
async function look(
  publicBaseUrl: string,
  ca?: string,
  graphBaseUrl = 'http://127.0.0.1:1',
): Promise<Line[]> {
  const team = aTeam('acme', 'shop', { publicBaseUrl });
  const io = { stdout: process.stdout, stderr: process.stderr, stdin: process.stdin, isTTY: false, cwd: '/' };
  const visit = openVisit(
    aBundle([team], { graphBaseUrl }),
    flags,
    { ...io, env: {}, untilStopped: () => Promise.resolve() },
    2_000,
  );
  return runChecks(webhookChecks(team, { ...visit, ...(ca !== undefined && { ca }) }), { timeoutMs: 4_000 });
}

/** Answers as ingress does, unless `more` has another answer first. */
const ingress =
  (more: RequestListener = () => undefined): RequestListener =>
  (request, response) => {
    const url = new URL(request.url ?? '/', 'http://ingress');
    const answer = (status: number, body = '') => {
      if (!response.writableEnded) response.writeHead(status, { 'content-type': 'text/plain' }).end(body);
    };
    more(request, response);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method === 'GET')
        return url.searchParams.get('hub.verify_token') === 'verify'
          ? answer(200, url.searchParams.get('hub.challenge') ?? '')
          : answer(403);
      const isGood = request.headers['x-hub-signature-256'] === signBody(Buffer.concat(chunks), 'secret');
      answer(isGood ? 200 : 401);
    });
  };

const idsOf = (lines: readonly Line[], status: Line['status']) =>
  lines.flatMap((line) => (line.status === status ? [line.id] : []));

describe('webhookChecks()', () => {
  const isPost: RequestListener = ({ method }, response) => {
    if (method === 'POST') response.writeHead(200).end();
  };
  test.each<[string, RequestListener, string, string]>([
    ['nothing wrong', () => undefined, '', ''],
    [
      'a redirect',
      (_, response) =>
        response.writeHead(301, { location: 'https://other.example/x?hub.verify_token=verify' }).end(),
      'webhook.reachable',
      'sends on to other.example (301)',
    ],
    [
      'another server',
      (_, response) => response.writeHead(404).end(),
      'webhook.reachable',
      'does not know the path (404)',
    ],
    [
      'a proxy without anything behind it',
      (_, response) => response.writeHead(502).end(),
      'webhook.reachable',
      'answers 502',
    ],
    [
      'another verify token',
      ({ url = '' }, response) => {
        if (url.includes('verify_token=verify')) response.writeHead(403).end();
      },
      'webhook.verify',
      'our verify token is refused (403)',
    ],
    [
      'a challenge in quotes',
      ({ url = '' }, response) => {
        if (url.includes('verify_token=verify')) response.writeHead(200).end('"123"');
      },
      'webhook.verify',
      'the challenge did not come back as it was (200)',
    ],
    [
      'a yes to every token',
      ({ url = '' }, response) => {
        if (url.includes('verify_token') && !url.includes('=verify')) response.writeHead(200).end('x');
      },
      'webhook.wrong-token',
      'a made-up token is answered with 200',
    ],
    ['a yes to every signature', isPost, 'webhook.wrong-signature', 'is answered with 200, not with 401'],
    [
      'a no to every signature',
      ({ method }, response) => {
        if (method === 'POST') response.writeHead(401).end();
      },
      'webhook.signature',
      'signed with the app secret is refused (401)',
    ],
    [
      'a full Redis',
      ({ method, headers }, response) => {
        if (
          method === 'POST' &&
          headers['x-hub-signature-256'] ===
            signBody('{"object":"whatsapp_business_account","entry":[]}', 'secret')
        )
          response.writeHead(503).end();
      },
      'webhook.signature',
      'ingress stores nothing now (503)',
    ],
  ])('finds %s', async (_label, more, id, found) => {
    const port = await listen(createHttpServer(ingress(more)));
    const lines = await look(`http://127.0.0.1:${port}`);
    expect(idsOf(lines, 'fail')).toEqual(id === '' ? [] : [id]);
    expect(lines.find(({ status }) => status === 'fail')?.found ?? '').toContain(found);
    expect(JSON.stringify(lines)).not.toMatch(/verify_token=|"secret"/);
  });

  test('warns where the older address leads nowhere', async () => {
    const port = await listen(
      createHttpServer(
        ingress(({ url = '' }, response) => {
          if (url.startsWith('/v1/')) response.writeHead(404).end();
        }),
      ),
    );
    const lines = await look(`http://127.0.0.1:${port}`);
    expect(idsOf(lines, 'warn')).toContain('webhook.alias');
    expect(idsOf(lines, 'fail')).toEqual([]);
  });

  test.each([
    ['nobody listens', 'http://127.0.0.1:1', 'webhook.reachable', 'nothing listens there'],
    ['a name that is none', 'http://no-such-host.invalid', 'webhook.address', 'no-such-host.invalid'],
    ['a private address', 'http://10.1.2.3', 'webhook.address', 'private address'],
  ])('finds that %s, and does not go on', async (_label, url, id, found) => {
    const lines = await look(url);
    expect(idsOf(lines, 'fail')).toEqual([id]);
    expect(lines.find(({ status }) => status === 'fail')?.found).toContain(found);
    expect(idsOf(lines, 'ok')).toEqual([]);
  });

  test('finds that a real bundle has no https', async () => {
    const lines = await look('http://127.0.0.1:1', undefined, 'https://graph.facebook.com');
    expect(idsOf(lines, 'fail')).toEqual(['webhook.https']);
  });

  test('takes a good certificate, and says how long it is good', async () => {
    const { key, cert } = selfSigned(100);
    const port = await listen(createHttpsServer({ key, cert }, ingress()));
    const lines = await look(`https://127.0.0.1:${port}`, cert);
    expect(idsOf(lines, 'fail')).toEqual([]);
    expect(lines.find(({ id }) => id === 'webhook.https')).toMatchObject({
      status: 'ok',
      found: 'the certificate is good for 99 days',
    });
  });

  test.each([
    ['one that nobody vouches for', 100, false, 'fail', 'signed by itself'],
    ['one that has expired', -3, true, 'fail', 'has expired'],
    ['one that ends soon', 5, true, 'warn', 'ends in 4 days'],
  ])('finds %s', async (_label, days, isTrusted, status, found) => {
    const { key, cert } = selfSigned(days);
    const port = await listen(createHttpsServer({ key, cert }, ingress()));
    const lines = await look(`https://127.0.0.1:${port}`, isTrusted ? cert : undefined);
    expect(lines.find(({ id }) => id === 'webhook.https')).toMatchObject({
      status,
      found: expect.stringContaining(found),
    });
    expect(idsOf(lines, 'fail')).toEqual(status === 'fail' ? ['webhook.https'] : []);
  });
});

describe('certificateVerdict()', () => {
  test('leaves what is no fault of the certificate to the next check', () => {
    expect(certificateVerdict({ kind: 'failed', code: 'ECONNREFUSED' }).status).toBe('skip');
  });
});

test('lineOf() says what was checked', () => {
  expect(lineOf({ id: 'webhook.verify', about: 'a/b' }, { status: 'ok', found: 'x' })).toEqual({
    id: 'webhook.verify',
    about: 'a/b',
    checked: 'it knows our verify token and gives the challenge back',
    status: 'ok',
    found: 'x',
  });
});
