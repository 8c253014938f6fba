import { InboundEvent } from '@alur/types';

/** An item of an inbox, as stored: its id, and JSON that may not be what we expect. */
export interface InboxItem {
  evt: string;
  json: string;
}

/** The event of an inbox item, or undefined when it is not one that this version understands. */
export function parseItem(item: InboxItem): InboundEvent | undefined {
  try {
    return InboundEvent.safeParse(JSON.parse(item.json)).data;
  } catch {
    return undefined;
  }
}

export function splitItem(item: string): InboxItem {
  return { evt: item.slice(0, 32), json: item.slice(32) };
}
