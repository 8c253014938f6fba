import { describe, expect, test } from '@jest/globals';
import { parseAllowedHost } from './allowed-host.ts';

describe('parseAllowedHost()', () => {
  test.each([
    ['crm', { host: 'crm' }],
    ['CRM.Example.com', { host: 'crm.example.com' }],
    ['münchen.de', { host: 'xn--mnchen-3ya.de' }],
    ['crm:8080', { host: 'crm', port: 8080 }],
    ['crm:80', { host: 'crm', port: 80 }],
    ['http://crm:80', { host: 'crm', protocol: 'http:', port: 80 }],
    ['HTTPS://crm', { host: 'crm', protocol: 'https:' }],
    ['10.0.0.5:1', { host: '10.0.0.5', port: 1 }],
    ['0x0a.5', { host: '10.0.0.5' }],
    ['[FD12:0::1]:65535', { host: 'fd12::1', port: 65_535 }],
  ])('reads %s', (text, expected) => {
    expect(parseAllowedHost(text)).toEqual(expected);
  });

  test.each([
    ...[
      '',
      ' crm',
      'crm ',
      'crm/',
      'crm/a',
      'http://crm/',
      'ftp://crm',
      '//crm',
      'a@crm',
      'crm?a',
      'crm#a',
      'crm\\a',
      'crm\n',
    ],
    ...[
      'crm:',
      'crm:0',
      'crm:65536',
      'crm:123456',
      'crm:x',
      '*',
      '*.crm',
      '10.0.0.0/8',
      'fd12::1',
      '[fd12::1',
      '[::1%25eth0]',
      '1.2.3.256',
    ],
    ...['a..b', '%63rm', 'a,b', 'a'.repeat(64), 'crm.', '.crm'],
  ])('refuses %j', (text) => {
    expect(parseAllowedHost(text)).toBeUndefined();
  });
});
