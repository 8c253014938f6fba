import type { Context, Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { renderMoment } from '../../moments.ts';
import { withPlace, type PlaceFlags } from '../../place.ts';
import { printable } from '../../printable.ts';
import { renderFields } from '../../render-fields.ts';
import { findEvents } from './choose-events.ts';
import { eventToJson } from './render-events.ts';

export interface ShowUndeliveredArguments extends PlaceFlags {
  id: string;
  /** Shows the payload. */
  body: boolean;
}

/** `alur subscribers dead show`: one event that a subscriber did not take. */
export async function showUndelivered(
  given: ShowUndeliveredArguments,
  { io, colors }: Context,
): Promise<Outcome> {
  return withPlace(given, io, async (place) => {
    const [found] = await findEvents(place, [given.id]);
    if (!found) throw new Error('an event that was found is gone');
    const { id, subscriber, event, tries, sinceMs, atMs, answer } = found;
    const nowMs = Date.now();
    const fields = renderFields(
      [
        ['team', `${event.tenant}/${event.team}`],
        ['subscriber', subscriber],
        ['type', event.type],
        ['webhook-id', event.id],
        ['conversation', event.cid ?? 'none'],
        ['first failed', renderMoment(sinceMs, nowMs)],
        ['given up', `${renderMoment(atMs, nowMs)}, after ${tries} tries`],
        ['last answer', answer],
      ],
      colors,
    );
    const payload = JSON.stringify(event.payload, null, 2).split('\n').map(printable);
    const body = given.body ? ['', colors.bold('Payload (may be personal):'), ...payload] : [];
    return {
      exit: EXIT.ok,
      data: { ...eventToJson(found), ...(given.body && { payload: event.payload }) },
      text: [colors.bold(`Undelivered event ${id}`), ...fields, ...body, ''].join('\n'),
    };
  });
}
