import { fail, ok, skip, warn, type Verdict } from '../check.ts';

const WARN_MS = 5_000;
const FAIL_MS = 60_000;
const FIX = 'let the system keep the time: switch NTP on, such as `timedatectl set-ntp true`';

/** Judges how far another clock is ahead of this machine's. Windows, limits and signed calls go by it. */
export function clockVerdict(skewMs: number | undefined): Verdict {
  if (skewMs === undefined) return skip('it does not tell the time');
  const size = Math.abs(skewMs);
  const found = `${(size / 1_000).toFixed(1)} s ${skewMs < 0 ? 'behind' : 'ahead'}`;
  if (size > FAIL_MS) return fail(found, FIX);
  return size > WARN_MS ? warn(found, FIX) : ok(size < 1_000 ? 'less than 1 s apart' : found);
}
