import { type Clock } from '../clock.ts';

/** What webhooks are signed with, by the secret that the app had at the start. */
export interface AppSecrets {
  /** The secret for the next signature. */
  pick(appSecret: string): string;
  /** Gives the app another secret. For so long some webhooks still bear the old one's signature, as after a reset at Meta. */
  replace(appSecret: string, fresh: string, bothMs: number): void;
}

interface Pair {
  current: string;
  old: string;
  untilMs: number;
}

export function createAppSecrets(clock: Clock, chance: () => number): AppSecrets {
  const pairs = new Map<string, Pair>();
  return {
    pick(appSecret) {
      const pair = pairs.get(appSecret);
      if (!pair) return appSecret;
      return clock.nowMs() < pair.untilMs && chance() < 0.5 ? pair.old : pair.current;
    },
    replace(appSecret, fresh, bothMs) {
      const old = pairs.get(appSecret)?.current ?? appSecret;
      pairs.set(appSecret, { current: fresh, old, untilMs: clock.nowMs() + bothMs });
    },
  };
}
