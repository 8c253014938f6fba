import { describe, expect, test } from '@jest/globals';
import { parseMediaUrl } from './media-url.ts';

const META = new URL('https://graph.facebook.com');
const EMULATOR = new URL('http://127.0.0.1:9090/graph');

describe('parseMediaUrl()', () => {
  test.each([
    'https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1&ext=2&hash=a%2Fb',
    'https://a.b.fbsbx.com/x',
    'https://scontent.fbcdn.net/x',
    'https://mmg.whatsapp.net/x',
    'https://media.whatsapp.com/x',
    'https://graph.facebook.com/v25.0/x',
    'https://lookaside.fbsbx.com:443/x',
    'HTTPS://LOOKASIDE.FBSBX.COM/x',
  ])("takes Meta's %s", (text) => {
    expect(parseMediaUrl(text, META)?.protocol).toBe('https:');
  });

  test.each([
    'http://lookaside.fbsbx.com/x',
    'https://fbsbx.com/x',
    'https://evilfbsbx.com/x',
    'https://lookaside.fbsbx.com.evil.example/x',
    'https://evil.example/lookaside.fbsbx.com',
    'https://evil.example/?.fbsbx.com',
    'https://evil.example#.fbsbx.com',
    'https://lookaside.fbsbx.com/x#y',
    'https://graph.facebook.com@evil.example/x',
    'https://user@lookaside.fbsbx.com/x',
    'https://user:word@lookaside.fbsbx.com/x',
    'https://evil.example\\@lookaside.fbsbx.com/x',
    'https://evil.example\\.fbsbx.com/x',
    'https://lookaside.fbsbx.com:8443/x',
    'https://lookaside.fbsbx.com:22/x',
    'https://lookaside.fbsbx.com./x',
    'https://a.graph.facebook.com/x',
    'https://facebook.com/x',
    'https://whatsapp.net/x',
    'https://lookaside.fbsbх.com/x',
    'https://ｌookaside.fbsbx.com/x',
    'https://xn--fbsb-50e.com/x',
    'https://evil。fbsbx.com/x',
    'https://127.0.0.1/x',
    'https://[::1]/x',
    'https://2130706433/x',
    'https://169.254.169.254/latest',
    'https://lookaside.fbsbx.com/a b',
    ' https://lookaside.fbsbx.com/x',
    'https://lookaside.fbsbx.com/x\r\nhost: evil',
    'ftp://lookaside.fbsbx.com/x',
    'file:///etc/passwd',
    'data:text/plain,x',
    '//lookaside.fbsbx.com/x',
    '/x',
    '',
    `https://lookaside.fbsbx.com/${'x'.repeat(5_000)}`,
  ])('refuses %j for Meta', (text) => {
    expect(parseMediaUrl(text, META)).toBeUndefined();
  });

  test.each([
    'http://127.0.0.1:9091/x',
    'https://127.0.0.1:9090/x',
    'http://localhost:9090/x',
    'http://u@127.0.0.1:9090/x',
    'http://127.0.0.1:9090@evil.example/x',
    'http://127.0.0.1/x',
    'https://lookaside.fbsbx.com/x',
    'https://graph.facebook.com/x',
  ])('refuses %j for another Graph', (text) => {
    expect(parseMediaUrl(text, EMULATOR)).toBeUndefined();
  });

  test('takes any path of the origin of another Graph', () => {
    expect(parseMediaUrl('http://127.0.0.1:9090/media/1?x=2', EMULATOR)?.pathname).toBe('/media/1');
  });

  test("takes Meta's hosts for nobody but Meta: neither for a proxy nor over http", () => {
    const url = 'https://lookaside.fbsbx.com/x';
    expect(parseMediaUrl(url, new URL('http://graph.facebook.com'))).toBeUndefined();
    expect(parseMediaUrl(url, new URL('https://graph.facebook.com.example'))).toBeUndefined();
  });
});
