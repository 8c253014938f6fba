import { InboundEvent, Sender, readAs } from '@alur/types';
import { z } from 'zod';
import { currentIds, type MovedId } from './names/moved-ids.ts';

/** An item of an inbox, as stored: its id, and JSON that may not be what we expect. */
export interface InboxItem {
  evt: string;
  json: string;
}

/** The event of an inbox item, or undefined when it is not one that this version understands. */
export function parseItem(item: InboxItem): InboundEvent | undefined {
  try {
    return readAs(InboundEvent, JSON.parse(item.json)).data;
  } catch {
    return undefined;
  }
}

const Sent = z.looseObject({ from: Sender.loose() });

/** An item whose sender goes by other ids than when it was written: a timer is set for weeks, a message comes late. */
export function renameSender(item: InboxItem, moved: readonly MovedId[]): InboxItem {
  if (moved.length === 0) return item;
  const sent = parseSent(item);
  if (!sent) return item;
  return { evt: item.evt, json: JSON.stringify({ ...sent, from: currentIds(sent.from, moved) }) };
}

function parseSent({ json }: InboxItem): z.infer<typeof Sent> | undefined {
  try {
    return readAs(Sent, JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}

export function splitItem(item: string): InboxItem {
  return { evt: item.slice(0, 32), json: item.slice(32) };
}
