import { z } from 'zod';

/** An address from which no file can be fetched, for so many messages. */
export const LinkOrder = z.strictObject({
  link: z.string().min(1).max(2_000),
  times: z.union([z.number().int().min(1), z.literal('always')]).default(1),
});
export type LinkOrder = z.infer<typeof LinkOrder>;

/** Links that fail by order. No link is ever fetched. */
export interface BrokenLinks {
  break(order: LinkOrder): void;
  /** Whether one of these cannot be fetched this time. */
  take(links: readonly string[]): boolean;
  readonly isEmpty: boolean;
}

export function createBrokenLinks(): BrokenLinks {
  const left = new Map<string, number>();
  return {
    get isEmpty() {
      return left.size === 0;
    },
    break: ({ link, times }) => void left.set(link, times === 'always' ? Infinity : times),
    take(links) {
      const broken = links.find((link) => left.has(link));
      if (broken === undefined) return false;
      const more = (left.get(broken) ?? 0) - 1;
      if (more > 0) left.set(broken, more);
      else left.delete(broken);
      return true;
    },
  };
}
