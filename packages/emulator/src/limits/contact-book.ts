/** Ways to name a contact; at least one is there. */
export interface ContactNames {
  waId?: string | undefined;
  userId?: string | undefined;
}

/** What is known of contacts: their names, when they last wrote, and whether they want marketing. */
export interface ContactBook {
  /**
   * The one name that stands for a contact, whichever of its names is given: the first that was ever used. Two names that
   * come together are one contact from then on; what each had before stays where it was counted.
   */
  resolve(names: ContactNames | string): string;
  /** A contact wrote to a number; an older time than the last changes nothing. Unix milliseconds. */
  wrote(number: string, contact: string, ms: number): void;
  /** When it last wrote to the number, Unix milliseconds; -Infinity when it never did. */
  lastWroteMs(number: string, contact: string): number;
  setMarketing(number: string, contact: string, choice: 'stop' | 'resume'): void;
  hasStopped(number: string, contact: string): boolean;
}

export function createContactBook(): ContactBook {
  const firstNames = new Map<string, string>();
  const lastWrote = new Map<string, number>();
  const stopped = new Set<string>();
  const pair = (number: string, contact: string) => `${number} ${contact}`;
  const lastWroteMs = (number: string, contact: string) => lastWrote.get(pair(number, contact)) ?? -Infinity;
  return {
    resolve(names) {
      const { waId, userId } = typeof names === 'string' ? { waId: names } : names;
      const known = firstNames.get(waId ?? '') ?? firstNames.get(userId ?? '');
      const first = known ?? waId ?? userId ?? '';
      for (const name of [waId, userId]) if (name !== undefined) firstNames.set(name, first);
      return first;
    },
    wrote(number, contact, ms) {
      lastWrote.set(pair(number, contact), Math.max(ms, lastWroteMs(number, contact)));
    },
    lastWroteMs,
    setMarketing(number, contact, choice) {
      stopped[choice === 'stop' ? 'add' : 'delete'](pair(number, contact));
    },
    hasStopped: (number, contact) => stopped.has(pair(number, contact)),
  };
}
