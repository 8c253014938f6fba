import type { BusinessNumber } from '@alur/bundle';
import type { ConversationLife, MessageLife } from '@alur/store';
import type { OptOutScope } from '@alur/types';

/** A conversation with a contact and what came of its last events. */
export interface KnownConversation {
  life: ConversationLife;
  /** Missing where only its id is known, and no turn has told whose it is. */
  number: BusinessNumber | undefined;
  optedOut: OptOutScope | undefined;
  /** Of the events that are shown, by id. */
  messages: ReadonlyMap<string, MessageLife>;
}
