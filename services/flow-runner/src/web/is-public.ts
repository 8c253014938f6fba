import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

// What may be called: global unicast addresses, and of the rest only what a team has listed. The package knows the ranges of
// the registries; the tables here hold what its ranges do not, so that an older release of it opens nothing either.

type Network = readonly [address: string, prefix: number];

/** All of IPv6 that is given out at all; the rest holds NAT64, mapped, local and unassigned addresses. */
const V6_GLOBAL: readonly Network[] = [['2000::', 3]];

const NOT_PUBLIC: readonly Network[] = [
  // Protocol assignments, Teredo among them: RFC 2928, RFC 4380.
  ['2001::', 23],
  // Documentation: RFC 3849, RFC 9637.
  ['2001:db8::', 32],
  ['3fff::', 20],
  // 6to4 carries an IPv4 address that could be any: RFC 3056.
  ['2002::', 16],
  // AS112 and AMT: RFC 7534, RFC 7535, RFC 7450.
  ['2620:4f:8000::', 48],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.175.48.0', 24],
  // A public address that inside Azure is the virtual machine's host.
  ['168.63.129.16', 32],
];

// Where a cloud gives out credentials although the address looks like any private one.
const METADATA: readonly Network[] = [
  ['100.100.100.200', 32],
  ['fd00:ec2::', 32],
  ['fd20:ce::', 64],
];

/** Ranges that a listed host may be in. Link-local is not one of them: no service is there but a cloud's metadata. */
const PRIVATE_RANGES = new Set(['loopback', 'private', 'carrierGradeNat', 'uniqueLocal']);
/** RFC 2544: some container engines put their machines here. */
const PRIVATE: readonly Network[] = [['198.18.0.0', 15]];

/** Whether an address is one that anybody on the internet could call. What is no address is not. */
export function isPublic(address: string): boolean {
  const parsed = parse(address);
  if (!parsed || isIn(parsed, NOT_PUBLIC)) return false;
  return parsed.range() === 'unicast' && (parsed.kind() === 'ipv4' || isIn(parsed, V6_GLOBAL));
}

/** Whether a call may connect to an address. `isListed`: the team lists the host that it was asked for by. */
export function checkAddress(address: string, { isListed }: { isListed: boolean }): boolean {
  if (isPublic(address)) return true;
  const parsed = isListed ? parse(address) : undefined;
  if (!parsed || isIn(parsed, METADATA)) return false;
  return PRIVATE_RANGES.has(parsed.range()) || isIn(parsed, PRIVATE);
}

type Parsed = ReturnType<typeof ipaddr.parse>;

/** Only the plain spellings, since the package reads "010.1" otherwise than some resolvers; a zone names an interface. */
function parse(address: string): Parsed | undefined {
  return isIP(address) === 0 || address.includes('%') ? undefined : ipaddr.parse(address);
}

function isIn(address: Parsed, networks: readonly Network[]): boolean {
  return networks.some(([network, prefix]) => {
    const other = ipaddr.parse(network);
    return other.kind() === address.kind() && address.match(other, prefix);
  });
}
