import { describe, expect, test } from '@jest/globals';
import { parseBaseUrl } from './base-url.ts';

const read =
  (baseUrl: string, allowHttp = false) =>
  () =>
    parseBaseUrl(baseUrl, { allowHttp });
const failure = (code: string) => expect.objectContaining({ name: 'BaseUrlError', code });

describe('parseBaseUrl()', () => {
  test.each([
    'https://graph.facebook.com',
    'https://proxy.example/meta/',
    'http://localhost:8090',
    'http://app.localhost',
    'http://127.0.0.1:1',
    'http://[::1]:1',
    'http://10.1.2.3',
    'http://172.31.0.1',
    'http://192.168.0.1',
    'http://[fd00::1]',
    'http://emulator:8090',
  ])('takes %s', (baseUrl) => {
    expect(read(baseUrl)).not.toThrow();
  });

  test.each([
    'http://graph.facebook.com',
    'http://172.32.0.1',
    'http://8.8.8.8',
    'http://169.254.169.254',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://[2001:db8::1]',
  ])('refuses %s, unless allowed', (baseUrl) => {
    expect(read(baseUrl)).toThrow(failure('insecure'));
    expect(read(baseUrl, true)).not.toThrow();
  });

  test.each([
    '',
    'graph.facebook.com',
    'ftp://a.example',
    'https://user:pass@a.example',
    'file:///etc/passwd',
  ])('refuses %j in any case, without repeating it', (baseUrl) => {
    expect(read(baseUrl, true)).toThrow(failure('malformed'));
  });
});
