import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Lab, startLab } from '../testing/lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ allowedHosts: ['chat.internal'] });
});
afterAll(() => lab.close());

// fetch does not let a caller choose the Host header.
const statusFor = (host: string) =>
  new Promise<number | undefined>((resolve, reject) => {
    const call = request(`${lab.emulator.url}/_emulator/stats`, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    call.on('error', reject).end();
  });

describe('guardHost()', () => {
  test.each([
    ['127.0.0.1:1', 200],
    ['localhost', 200],
    ['[::1]:80', 200],
    ['emulator:9000', 200],
    ['chat.internal', 200],
    ['evil.example', 403],
    ['127.0.0.1.evil.example', 403],
    ['localhost.evil.example:80', 403],
  ])('answers a call to %s with %d', async (host, status) => {
    expect(await statusFor(host)).toBe(status);
  });
});
