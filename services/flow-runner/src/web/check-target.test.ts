import { describe, expect, test } from '@jest/globals';
import { checkTarget } from './check-target.ts';

describe('checkTarget()', () => {
  test('reads where a call goes', () => {
    expect(checkTarget('https://Api.Example.com./v1/a b?q=ü#part'.replace(' ', '%20'), [])).toEqual({
      isTls: true,
      host: 'api.example.com',
      port: 443,
      authority: 'api.example.com',
      path: '/v1/a%20b?q=%C3%BC',
      isListed: false,
    });
    expect(checkTarget('https://xn--mnchen-3ya.de:443', [])).toMatchObject({ port: 443, path: '/' });
    expect(checkTarget('https://münchen.de', []).host).toBe('xn--mnchen-3ya.de');
    expect(checkTarget('https://[2606:4700::1111]/', [])).toMatchObject({
      host: '2606:4700::1111',
      authority: '[2606:4700::1111]',
    });
  });

  test.each([
    ['', 'bad_request'],
    ['example.com/a', 'bad_request'],
    ['//example.com', 'bad_request'],
    ['https://', 'bad_request'],
    ['https://exa mple.com', 'bad_request'],
    [' https://example.com', 'bad_request'],
    ['https://example.com/\r\nX-A: b', 'bad_request'],
    ['https://example.com/\u0000', 'bad_request'],
    ['https://example.com\\@evil.com', 'bad_request'],
    ['https://example.com:99999/', 'bad_request'],
    ['https://[fe80::1%25eth0]/', 'bad_request'],
    ['https://[::1', 'bad_request'],
    ['https://a..example.com/', 'bad_request'],
    ["https://a'b.example.com/", 'bad_request'],
    [`https://example.com/${'a'.repeat(10_240)}`, 'bad_request'],
    ['http://example.com/', 'address_refused'],
    ['file:///etc/passwd', 'address_refused'],
    ['gopher://example.com/', 'address_refused'],
    ['data:text/plain,x', 'address_refused'],
    ['ftp://example.com/', 'address_refused'],
    ['javascript:1', 'address_refused'],
    ['https://user:pass@example.com/', 'address_refused'],
    ['https://@example.com/', 'address_refused'],
    ['https:example.com@evil.com', 'address_refused'],
    ['https://graph.facebook.com@evil.com/', 'address_refused'],
    ['https://example.com:22/', 'address_refused'],
    ['https://example.com:6379/', 'address_refused'],
    ['https://example.com:80/', 'address_refused'],
    ['https://localhost/', 'address_refused'],
    ['https://LOCALHOST./', 'address_refused'],
    ['https://a.localhost/', 'address_refused'],
    ['https://printer.local/', 'address_refused'],
    ['https://redis/', 'address_refused'],
    ['https://metadata.google.internal/', 'address_refused'],
    ['https://metadata.google.internal./', 'address_refused'],
    ['https://ｌｏｃａｌｈｏｓｔ/', 'address_refused'],
  ])('refuses %j as %s, without a word of it in the message', (text, code) => {
    expect(() => checkTarget(text, [])).toThrow(expect.objectContaining({ code }));
    expect(() => checkTarget(text, ['127.0.0.1:8080', 'crm.internal'])).toThrow(
      expect.objectContaining({ message: expect.not.stringMatching(/example|evil|passwd|redis|metadata/) }),
    );
  });

  test.each([
    ['crm', 'https://crm/', true],
    ['crm', 'http://crm/', true],
    ['crm', 'http://CRM.:80/', true],
    ['crm', 'http://crm:8080/', false],
    ['crm', 'https://crm:8443/', false],
    ['crm', 'https://crm.example/', undefined],
    ['crm:8080', 'http://crm:8080/', true],
    ['crm:8080', 'https://crm:8080/', true],
    ['crm:8080', 'http://crm/', false],
    ['http://crm:8080', 'http://crm:8080/', true],
    ['http://crm:8080', 'https://crm:8080/', false],
    ['https://crm', 'http://crm/', false],
    ['10.0.0.5', 'http://0x0a000005/', true],
    ['10.0.0.5', 'http://10.0.0.6/', false],
    ['[fd12::1]:8080', 'http://[fd12:0::1]:8080/', true],
    ['api.example.com:8443', 'https://api.example.com:8443/', true],
    ['nonsense/', 'http://nonsense/', false],
  ])('with %s in the list, %s is listed: %s', (entry, text, isListed) => {
    const check = () => checkTarget(text, [entry]);
    if (isListed === false) expect(check).toThrow(expect.objectContaining({ code: 'address_refused' }));
    else expect(check().isListed).toBe(isListed ?? false);
  });
});
