import { type ConversationId } from '@alur/types';

const ENTRIES_MAX = 100_000;

/** Which conversation a contact's names belong to, as last seen. A guess: `accept` checks it and says when it is wrong. */
export class AliasCache {
  readonly #entries = new Map<string, ConversationId>();

  find(names: readonly string[]): ConversationId | undefined {
    for (const name of names) {
      const cid = this.#entries.get(name);
      if (cid !== undefined) return cid;
    }
    return undefined;
  }

  forget(names: readonly string[]): void {
    for (const name of names) this.#entries.delete(name);
  }

  keep(names: readonly string[], cid: ConversationId): ConversationId {
    for (const name of names) {
      this.#entries.delete(name);
      this.#entries.set(name, cid);
    }
    while (this.#entries.size > ENTRIES_MAX) {
      const oldest = this.#entries.keys().next();
      if (oldest.done === true) break;
      this.#entries.delete(oldest.value);
    }
    return cid;
  }
}
