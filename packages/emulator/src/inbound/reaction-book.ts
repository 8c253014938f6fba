/** What reactions were called when they were added: taking one back has the same wamid. */
export interface ReactionBook {
  find(key: string): string | undefined;
  note(key: string, wamid: string): void;
}

// As many as messages are remembered; who takes back an older one gets a new id.
const KEPT = 200_000;

export function createReactionBook(kept = KEPT): ReactionBook {
  const wamids = new Map<string, string>();
  return {
    find: (key) => wamids.get(key),
    note(key, wamid) {
      // Anew at the end, so that the oldest is the first.
      wamids.delete(key);
      wamids.set(key, wamid);
      const [oldest] = wamids.keys();
      if (wamids.size > kept && oldest !== undefined) wamids.delete(oldest);
    },
  };
}
