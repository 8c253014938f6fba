import { createHash } from 'node:crypto';
import { type EmulatedNumber } from './options.ts';

/** A number that nobody has, with all that its owner would hold at Meta. */
export interface MadeNumber extends Pick<
  EmulatedNumber,
  'id' | 'displayNumber' | 'wabaId' | 'accessToken' | 'appSecret'
> {
  verifyToken: string;
}

/** Makes a number up, in Meta's forms; the same seed gives the same one. */
export function makeNumber(seed: string): MadeNumber {
  const hex = (what: string) => createHash('sha256').update(`${seed} ${what}`).digest('hex');
  const digits = (what: string, count: number) =>
    BigInt(`0x${hex(what)}`)
      .toString()
      .slice(0, count);
  return {
    id: `1${digits('number', 14)}`,
    // 555-01xx belongs to nobody.
    displayNumber: `+1 5${digits('area', 2)}-555-01${digits('line', 2)}`,
    wabaId: `1${digits('waba', 14)}`,
    accessToken: `EAAG${hex('token')}`,
    appSecret: hex('secret').slice(0, 32),
    verifyToken: hex('verify').slice(0, 24),
  };
}
