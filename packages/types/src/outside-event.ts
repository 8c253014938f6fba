/** What subscribers are told of beside what flows emit themselves: docs/subscribers.md has them with their payloads. */
export const OWN_EVENT_TYPES = [
  'message.received',
  'message.sent',
  'message.delivered',
  'message.read',
  'message.failed',
  'contact.opted_out',
  'contact.opted_in',
  'handoff.started',
  'handoff.ended',
  'broadcast.started',
  'broadcast.stopped',
  'broadcast.done',
] as const;
export type OwnEventType = (typeof OWN_EVENT_TYPES)[number];

/** Whether one of the patterns is the type of an event, or its beginning with `*` behind it. */
export function isWanted(patterns: readonly string[], type: string): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern,
  );
}

/** Those events of Alur's own that any of the subscribers wants to hear of: what nobody wants is not written at all. */
export function wantedTypes(
  subscribers: readonly { readonly events: readonly string[] }[],
): ReadonlySet<OwnEventType> {
  return new Set(OWN_EVENT_TYPES.filter((type) => subscribers.some(({ events }) => isWanted(events, type))));
}
