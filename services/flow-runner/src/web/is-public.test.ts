import { BlockList, isIP } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { figure } from '../../../../test/support/figure.ts';
import { checkTarget } from './check-target.ts';
import { checkAddress, isPublic } from './is-public.ts';
import { WebFailure } from './web-failure.ts';

// The registries of special addresses, written down a second time for Node's own matcher: what the code must agree with.
const V4_SPECIAL =
  `0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
  192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24
  224.0.0.0/4 240.0.0.0/4 255.255.255.255/32 168.63.129.16/32`.split(/\s+/);
const V6_SPECIAL =
  `::/3 4000::/2 8000::/1 2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20`.split(/\s+/);
// One list a family: Node takes an IPv4 address for a mapped one where rules of IPv6 are beside it.
const listOf = (networks: readonly string[], family: 'ipv4' | 'ipv6') => {
  const list = new BlockList();
  for (const [network = '', prefix] of networks.map((text) => text.split('/'))) {
    list.addSubnet(network, Number(prefix), family);
  }
  return (address: string) => list.check(address, family);
};
const isSpecialV4 = listOf(V4_SPECIAL, 'ipv4');
const isSpecialV6 = listOf(V6_SPECIAL, 'ipv6');
const isSpecial = (address: string) =>
  address.includes('%') || (isIP(address) === 4 ? isSpecialV4(address) : isSpecialV6(address));

const RUNS = 20_000;
const dotted = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
// Half of them near something special, where a mask that is off by one would show.
const near = fc
  .tuple(fc.constantFrom(...V4_SPECIAL), fc.integer({ min: -2, max: 2 }), fc.boolean())
  .map(([text, by, isEnd]) => {
    const [network = '', prefix] = text.split('/');
    const first = network.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
    return (first + (isEnd ? 2 ** (32 - Number(prefix)) : 0) + by + 2 ** 32) % 2 ** 32;
  });
const v4 = fc.oneof(near, fc.integer({ min: 0, max: 2 ** 32 - 1 }));
const group = fc.oneof(fc.constantFrom(0, 1, 0xffff), fc.integer({ min: 0, max: 0xffff }));
const head = fc.constantFrom(
  ...[
    '2000:',
    '2001:',
    '2001:0:',
    '2001:1ff:',
    '2001:200:',
    '2001:db8:',
    '2001:db9:',
    '2002:',
    '2003:',
    '2620:4f:8000:',
    '3fff:',
  ],
  ...[
    '3fff:1000:',
    '4000:',
    '1fff:',
    '64:ff9b:',
    '64:ff9b:1:',
    '0:0:0:0:0:ffff:',
    'fc00:',
    'fdff:',
    'fe80:',
    'fec0:',
    'ff02:',
  ],
);
const v6 = fc.tuple(head, fc.array(group, { minLength: 8, maxLength: 8 })).map(([prefix, groups]) => {
  const begun = prefix.split(':').slice(0, -1);
  return [...begun, ...groups.map((part) => part.toString(16))].slice(0, 8).join(':');
});

describe('isPublic()', () => {
  test.each(
    `8.8.8.8 1.1.1.1 100.63.255.255 100.128.0.0 172.15.255.255 172.32.0.0 192.0.1.0 198.17.255.255 198.20.0.0 223.255.255.255
     157.240.1.1 169.253.255.255 2606:4700::1111 2a00:1450:4001::1 2001:4860:4860::8888 2003::1 3ffe::1`
      .trim()
      .split(/\s+/),
  )('%s is', (address) => {
    expect(isPublic(address)).toBe(true);
    expect(checkAddress(address, { isListed: false })).toBe(true);
  });

  test.each(
    `0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.100.100.200 127.0.0.1 127.255.255.255 169.254.169.254 169.254.170.2 172.16.0.1
     172.31.255.255 192.0.0.192 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.168.1.1 192.175.48.1 198.18.0.1 198.19.255.255
     198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 168.63.129.16
     :: ::1 ::7f00:1 ::ffff:8.8.8.8 ::ffff:127.0.0.1 ::ffff:0:7f00:1 64:ff9b::808:808 64:ff9b::7f00:1 64:ff9b:1::1 100::1 2001::1 2001:2::1
     2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1:: 2002:808:808::1 2620:4f:8000::1 3fff::1 4000::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1
     fe80::1%eth0 2606:4700::1%eth0 fec0::1 ff02::1 ff0e::1`
      .trim()
      .split(/\s+/),
  )('%s is not', (address) => {
    expect(isPublic(address)).toBe(false);
    expect(checkAddress(address, { isListed: false })).toBe(false);
  });

  test.each([
    '',
    'example.com',
    '1',
    '0x7f.1',
    '010.0.0.1',
    '1.1.1',
    '1.1.1.1 ',
    '[::1]',
    '1.1.1.1/32',
    ':',
    '1.1.1.256',
    '٨.8.8.8',
  ])('%j is no address, so not public', (text) => {
    expect(isPublic(text)).toBe(false);
    expect(checkAddress(text, { isListed: true })).toBe(false);
  });

  test('agrees with the registries about any address', () => {
    let open = 0;
    fc.assert(
      fc.property(fc.oneof(v4.map(dotted), v6), (address) => {
        const found = isPublic(address);
        if (found) open += 1;
        const isRefused = !checkAddress(address, { isListed: false });
        return found !== isSpecial(address) && isRefused !== found;
      }),
      { numRuns: RUNS },
    );
    figure(`${RUNS} addresses against the registries: ${open} public, no difference`);
    expect(open).toBeGreaterThan(RUNS / 20);
  });
});

describe('checkAddress()', () => {
  test.each('127.0.0.1 10.1.2.3 172.20.0.2 192.168.0.9 100.64.0.1 198.18.0.1 ::1 fd12::1'.split(' '))(
    'lets a listed host be %s',
    (address) => {
      expect(checkAddress(address, { isListed: true })).toBe(true);
    },
  );

  test.each(
    `0.0.0.0 169.254.169.254 169.254.170.2 100.100.100.200 192.0.0.192 224.0.0.1 255.255.255.255 168.63.129.16 :: fe80::1 fd00:ec2::254
     fd20:ce::254 ::ffff:127.0.0.1 64:ff9b::7f00:1 2002:7f00:1:: fec0::1 ff02::1 fd12::1%1`
      .trim()
      .split(/\s+/),
  )('lets not even a listed host be %s', (address) => {
    expect(checkAddress(address, { isListed: true })).toBe(false);
  });
});

describe('checkTarget() with checkAddress()', () => {
  const hex = (value: number) => `0x${value.toString(16)}`;
  const octal = (value: number) => `0${value.toString(8)}`;
  const spelt = fc.tuple(v4, fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 7, 8)).map(([value, way]) => {
    const [a = 0, b = 0, c = 0, d = 0] = dotted(value).split('.').map(Number);
    return [
      String(value),
      hex(value),
      octal(value),
      `${hex(a)}.${octal(b)}.${c}.${d}`,
      `${a}.${value % 2 ** 24}`,
      `${octal(a)}.${b}.${hex(value % 2 ** 16)}`,
      `[::ffff:${dotted(value)}]`,
      `[64:ff9b::${dotted(value)}]`,
      dotted(value).replaceAll('.', '%2e'),
    ][way];
  });
  const name = fc.constantFrom(
    'example.com',
    'localhost',
    'a.localhost',
    'x.internal.',
    'db',
    'münchen.de',
    'ex%00mple',
    '①.①.①.①',
    'a..b',
    '',
  );
  const host = fc.oneof(
    spelt,
    v6.map((address) => `[${address}]`),
    name,
    fc.string({ unit: 'binary', maxLength: 12 }),
  );
  const scheme = fc.constantFrom(
    'https://',
    'https://',
    'https://',
    'HTTPS:/',
    'http://',
    'ftp://',
    'file://',
    'gopher://',
    'data:',
    '',
  );
  const user = fc.constantFrom('', '', '', 'a@', 'a:b@', '@');
  const port = fc.constantFrom('', '', '', ':443', ':22', ':6379', ':80', ':0443', ':99999', ':x');
  const rest = fc.oneof(
    fc.constantFrom('', '/', '/a?b=c#d', '\\@evil', '@evil.com', '/%0d%0a', '\r\nx: y'),
    fc.string({ maxLength: 20 }),
  );
  const url = fc.oneof(
    fc.tuple(scheme, user, host, port, rest).map((parts) => parts.join('')),
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.webUrl(),
  );

  test('pass nothing but https to public addresses, whatever the address of the call', () => {
    let passed = 0;
    fc.assert(
      fc.property(url, (text) => {
        const target = targetOf(text);
        if (!target || (isIP(target.host) !== 0 && !checkAddress(target.host, target))) return true;
        passed += 1;
        const isAsked = target.isTls && target.port === 443 && !target.isListed;
        const isInside =
          isIP(target.host) === 0
            ? /^[^.]*$|localhost$|internal$|local$/.test(target.host)
            : isSpecial(target.host);
        return (
          isAsked && !isInside && /^[^\s@\\]+$/.test(target.authority) && /^\/[^\s#\\]*$/.test(target.path)
        );
      }),
      { numRuns: RUNS },
    );
    figure(`${RUNS} addresses of calls: ${passed} may be called, none of them special, none threw`);
    expect(passed).toBeGreaterThan(RUNS / 50);
  });

  function targetOf(text: string) {
    try {
      return checkTarget(text, []);
    } catch (error) {
      if (error instanceof WebFailure) return undefined;
      throw error;
    }
  }
});
