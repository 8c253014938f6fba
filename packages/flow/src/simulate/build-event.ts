import { didYouMean, eventId, hash, InboundEvent, type Sender, readAs } from '@alur/types';
import { type FlowSet } from '../run/flow-set.ts';
import { choiceIn, mediumIn, type Action } from './action.ts';
import { ActionError } from './action-error.ts';
import { type Choice } from './choices.ts';
import { START_EVENT } from './start-at.ts';

/** What the conversation knows when something happens in it. */
export interface Surroundings {
  flows: FlowSet;
  tenant: string;
  team: string;
  number: string;
  /** Unix seconds. */
  at: number;
  from: Sender;
  /** How many events there were before: part of the ids, so that two that are alike are two. */
  count: number;
  /** Everything that was offered, newest first. */
  offered: readonly Choice[];
  /** wamids of the newest message to the contact, and of the contact's newest. */
  newest: { out: string | undefined; in: string | undefined };
}

/** The event that an action is; throws `ActionError` where it cannot be one. */
export function buildEvent(action: Action, surroundings: Surroundings): InboundEvent {
  const { tenant, team, number, at, from, count } = surroundings;
  const parts = fromContact(action, surroundings) ?? fromSystem(action, surroundings);
  const wamid = `wamid.in.${count + 1}`;
  const isContacts = !('evt' in parts);
  const parsed = readAs(InboundEvent, {
    tenant,
    team,
    number,
    at,
    from,
    receivedAtMs: at * 1000,
    ...(isContacts && {
      evt: eventId(number, String(parts['kind']), wamid, count),
      wamid,
      ...contextOf(action),
    }),
    ...parts,
  });
  if (!parsed.success) throw new ActionError('That is nothing that a contact or a system can do');
  return parsed.data;
}

type Parts = Readonly<Record<string, unknown>>;

function contextOf(action: Action): Parts {
  const { to, from_me: fromMe, frequently_forwarded: often, product, referral, reaction } = action;
  const forwarded = action.forwarded ?? (often === true ? true : undefined);
  const context = {
    ...(to !== undefined && reaction === undefined && { wamid: to }),
    ...(fromMe !== undefined && { fromMe }),
    ...(forwarded !== undefined && { forwarded }),
    ...(often !== undefined && { frequentlyForwarded: often }),
    ...(product && {
      product: { catalogId: product.catalog_id, retailerId: product.product_retailer_id },
    }),
  };
  return { ...(Object.keys(context).length > 0 && { context }), ...(referral && { referral }) };
}

function fromContact(action: Action, surroundings: Surroundings): Parts | undefined {
  const { text, location, contacts, order, form, unsupported } = action;
  if (text !== undefined) return { kind: 'text', text };
  const choice = choiceIn(action);
  if (choice) return { kind: 'interactive', ...chosenFrom(choice, surroundings.offered) };
  const medium = mediumIn(action);
  if (medium) return { kind: 'media', media: mediaOf(medium, surroundings.count) };
  if (location) return { kind: 'location', location };
  if (contacts) return { kind: 'contacts', contacts };
  if (order) return { kind: 'order', order };
  if (form) return { kind: 'form', form, source: action.form_name };
  if (unsupported) return { kind: 'unsupported', ...unsupported };
  return aboutMessage(action, surroundings.newest);
}

function aboutMessage(
  { reaction, edit, revoke, to }: Action,
  newest: Surroundings['newest'],
): Parts | undefined {
  if (reaction !== undefined) {
    const wamid = to ?? newest.out;
    if (wamid === undefined)
      throw new ActionError('There is no message to react to', 'let the flow say something first');
    return { kind: 'reaction', reaction: { wamid, ...(reaction !== '' && { emoji: reaction }) } };
  }
  if (edit === undefined && revoke === undefined) return undefined;
  const wamid = to ?? newest.in;
  if (wamid === undefined)
    throw new ActionError('The contact has sent nothing yet', 'let the contact write first');
  return edit === undefined
    ? { kind: 'revoke', revoke: { wamid } }
    : { kind: 'edit', edit: { wamid, text: edit } };
}

function mediaOf({ type, given }: NonNullable<ReturnType<typeof mediumIn>>, count: number): Parts {
  const { mime_type: mimeType, id = `media.${count + 1}`, ...rest } = given;
  return { type, id, ...rest, ...(mimeType !== undefined && { mimeType }) };
}

const SHOWN_MAX = 10;

function chosenFrom(
  { source, chosen }: NonNullable<ReturnType<typeof choiceIn>>,
  offered: readonly Choice[],
): Choice | Parts {
  const { offered: name, id, title, description } = chosen;
  if (name === undefined) {
    return { source: source ?? 'button', id, title, ...(description !== undefined && { description }) };
  }
  const fitting = offered.filter((choice) => source === undefined || choice.source === source);
  const found =
    fitting.find((choice) => choice.id === name) ?? fitting.find((choice) => choice.title === name);
  if (found) return found;
  const what = source
    ? { button: 'a button', list: 'a row', template: 'a quick reply' }[source]
    : 'anything like';
  const known = [...new Set(fitting.flatMap((choice) => [choice.id, choice.title]))];
  const newest = fitting.slice(0, SHOWN_MAX).map((choice) => choice.id);
  throw new ActionError(
    `No message has offered ${what} "${name}"`,
    didYouMean(name, known) ??
      (newest.length > 0
        ? `offered: ${newest.join(', ')}`
        : 'of a message from elsewhere give `id` and `title`'),
  );
}

function fromSystem(action: Action, surroundings: Surroundings): Parts {
  const { event, schedule, status, start, input = {}, code, reason, to } = action;
  const evt = hash('simulated', surroundings.count);
  if (event !== undefined) return { kind: 'event', evt, eventType: event, input };
  if (start !== undefined) return { kind: 'event', evt, eventType: START_EVENT, input };
  if (schedule !== undefined)
    return { kind: 'schedule', evt, schedule: scheduleId(schedule, surroundings.flows) };
  if (status === undefined) return { kind: 'release', evt };
  const wamid = to ?? surroundings.newest.out;
  const known = { ...(wamid !== undefined && { wamid }), ...(code !== undefined && { code }) };
  return {
    kind: 'status',
    evt,
    status: { state: status, ...known, ...(reason !== undefined && { reason }) },
  };
}

/** A schedule's id, by its flow, or by flow/target where a flow has several. */
function scheduleId(name: string, { triggers, schedules }: FlowSet): string {
  const timers = triggers.flatMap(({ flow, target, schedule }) =>
    schedule ? { flow, target, id: schedule.id } : [],
  );
  const found = timers.find(({ flow, target }) => name === flow || name === `${flow}/${target}`);
  if (found) return found.id;
  const flows = [...new Set(schedules.map(({ flow }) => flow))];
  throw new ActionError(`No flow "${name}" has a timer trigger`, didYouMean(name, flows));
}
