/** What is kept of a message: enough to tell what a reaction or a read receipt may name. */
interface NotedMessage {
  number: string;
  direction: 'in' | 'out';
  atMs: number;
  isReaction: boolean;
}

/** The newest messages of both directions, by wamid. */
export interface MessageBook {
  note(wamid: string, message: NotedMessage): void;
  find(wamid: string): NotedMessage | undefined;
}

// About 40 MB: older ones count as unknown.
const KEPT = 200_000;

export function createMessageBook(): MessageBook {
  const noted = new Map<string, NotedMessage>();
  return {
    note(wamid, message) {
      noted.set(wamid, message);
      if (noted.size <= KEPT) return;
      const [oldest] = noted.keys();
      if (oldest !== undefined) noted.delete(oldest);
    },
    find: (wamid) => noted.get(wamid),
  };
}
