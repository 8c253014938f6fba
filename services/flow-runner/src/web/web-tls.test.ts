import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createWebCaller } from './web-caller.ts';

// A certificate that signs itself, written out in DER, so that no key is kept in a file.

const der = (tag: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const size = body.length;
  return Buffer.concat([Buffer.from(size < 128 ? [tag, size] : [tag, 0x82, size >> 8, size & 255]), body]);
};
const sequence = (...parts: Buffer[]) => der(0x30, ...parts);
const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));
const ECDSA = sequence(oid('2a8648ce3d040302'));

function certificateOf(name: string, key: KeyObject, publicKey: KeyObject, years: [string, string]): string {
  const subject = sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(name)))));
  const time = (year: string) => der(0x18, Buffer.from(`${year}0101000000Z`));
  const names = sequence(oid('551d11'), der(0x04, sequence(der(0x82, Buffer.from(name)))));
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    ECDSA,
    subject,
    sequence(...years.map(time)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(names)),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', body, key));
  const text = sequence(body, ECDSA, signature).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${text.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  if (server) await once(server, 'close');
  server = undefined;
});

async function start(name: string, years: [string, string] = ['2020', '2999']) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const cert = certificateOf(name, privateKey, publicKey, years);
  let asked = 0;
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
  const started = createServer({ key, cert }, (request, response) => {
    asked += 1;
    response.end(`hello ${request.headers.host}`);
  });
  server = started;
  started.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  const address = started.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { cert, port, asked: () => asked };
}

async function callOf(host: string, port: number, ca?: string) {
  const caller = createWebCaller({
    resolve: () => Promise.resolve(['127.0.0.1']),
    ...(ca !== undefined && { ca }),
  });
  const url = `https://${host}:${port}/`;
  const request = {
    key: 'k',
    flow: 'f',
    node: 'n',
    method: 'GET' as const,
    url: [url],
    headers: [],
    timeoutMs: 5_000,
  };
  const result = await caller.perform(request, {
    tenant: 'acme',
    httpAllow: [`${host}:${port}`],
    flowSecrets: new Map(),
  });
  caller.close();
  return result;
}

describe('createWebCaller() over TLS', () => {
  test('checks the certificate for the name, though it connects to an address', async () => {
    const { cert, port } = await start('shop.example.com');
    const result = await callOf('shop.example.com', port, cert);
    expect(result).toMatchObject({ kind: 'answer', status: 200, body: `hello shop.example.com:${port}` });
  });

  test('refuses one that signs itself, before a byte of the call is sent', async () => {
    const { port, asked } = await start('shop.example.com');
    expect(await callOf('shop.example.com', port)).toMatchObject({ kind: 'failed', code: 'bad_certificate' });
    expect(asked()).toBe(0);
  });

  test('refuses one that is for another name, for a name only, or that has run out', async () => {
    const { cert, port, asked } = await start('shop.example.com');
    expect(await callOf('shop.example.org', port, cert)).toMatchObject({ code: 'bad_certificate' });
    expect(await callOf('127.0.0.1', port, cert)).toMatchObject({ code: 'bad_certificate' });
    expect(asked()).toBe(0);
    server?.closeAllConnections();
    server?.close();
    const old = await start('shop.example.com', ['2020', '2021']);
    expect(await callOf('shop.example.com', old.port, old.cert)).toMatchObject({ code: 'bad_certificate' });
    expect(old.asked()).toBe(0);
  });
});
