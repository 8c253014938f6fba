import { JsonObject } from '@alur/types';
import { type InboundRequest, type MediaInbound, type TypedMessage } from './inbound-message.ts';
import { type Person } from './people.ts';

/** What the emulator adds: the ids, the time, and the business number that a reply quotes. */
export interface InboundFrame {
  wamid: string;
  atSeconds: number;
  businessNumber: string;
  person: Person;
  /** What stands in the media object of a file. */
  file: (media: MediaInbound) => JsonObject;
  /** What a move makes of the person: the new ids. */
  move: (message: Move) => { waId?: string | undefined; userId?: string | undefined };
}

export type Move = Extract<TypedMessage, { type: 'user_changed_number' | 'user_changed_user_id' }>;

/** Meta's `messages[]` element for a request, and the id that it ended up with. */
export function toMetaMessage(
  { message, timestampAs }: InboundRequest,
  frame: InboundFrame,
): { wamid: string; message: JsonObject } {
  const { waId, userId, hidesNumber } = frame.person;
  const common = defined({
    from: hidesNumber ? undefined : waId,
    from_user_id: userId,
    id: frame.wamid,
    timestamp: timestampAs === 'integer' ? frame.atSeconds : String(frame.atSeconds),
  });
  if ('raw' in message) {
    const id = message.raw['id'];
    return { wamid: typeof id === 'string' ? id : frame.wamid, message: { ...common, ...message.raw } };
  }
  return {
    wamid: frame.wamid,
    message: { ...surroundings(message, frame), ...common, ...contentOf(message, frame) },
  };
}

/** Context, ad and group: what stands beside the content. */
function surroundings(message: TypedMessage, { businessNumber }: InboundFrame): JsonObject {
  if (!(
    'replyTo' in message ||
    'forwarded' in message ||
    'product' in message ||
    'referral' in message ||
    'groupId' in message
  )) {
    return {};
  }
  const { replyTo, forwarded, product, referral, groupId } = message;
  const context = defined({
    ...(replyTo === undefined && product === undefined ? {} : { from: businessNumber, id: replyTo }),
    forwarded: forwarded === 'once' ? true : undefined,
    frequently_forwarded: forwarded === 'often' ? true : undefined,
    referred_product: product && { catalog_id: product.catalogId, product_retailer_id: product.retailerId },
  });
  return defined({
    context: Object.keys(context).length > 0 ? context : undefined,
    referral,
    group_id: groupId,
  });
}

function contentOf(message: TypedMessage, frame: InboundFrame): JsonObject {
  const { type } = message;
  switch (type) {
    case 'text':
      return { type, text: { body: message.text } };
    case 'location':
      return { type, location: pick(message, 'latitude', 'longitude', 'name', 'address', 'url') };
    case 'contacts':
      return { type, contacts: message.contacts };
    case 'order':
      return { type, order: orderOf(message) };
    case 'reaction':
      return { type, reaction: defined({ message_id: message.wamid, emoji: message.emoji }) };
    case 'edit': {
      const edited = contentOf(message.message, frame);
      return { type, edit: { original_message_id: message.original, message: edited } };
    }
    case 'revoke':
      return { type, revoke: { original_message_id: message.original } };
    case 'unsupported':
      return { type, errors: [unsupported(message.code)], unsupported: { type: message.what } };
    case 'user_changed_number':
    case 'user_changed_user_id':
      return { type: 'system', system: systemOf(message, frame) };
    case 'button_reply':
    case 'list_reply':
    case 'nfm_reply':
    case 'button':
    case 'quick_reply':
      return choiceOf(message);
    default:
      return { type, [type]: frame.file(message) };
  }
}

type Choice = Extract<
  TypedMessage,
  { type: 'button_reply' | 'list_reply' | 'nfm_reply' | 'button' | 'quick_reply' }
>;

function choiceOf(message: Choice): JsonObject {
  const { type } = message;
  switch (type) {
    case 'button_reply':
      return { type: 'interactive', interactive: { type, button_reply: pick(message, 'id', 'title') } };
    case 'list_reply': {
      const listReply = pick(message, 'id', 'title', 'description');
      return { type: 'interactive', interactive: { type, list_reply: listReply } };
    }
    case 'nfm_reply': {
      const { name, body, response } = message;
      const json = typeof response === 'string' ? response : JSON.stringify(response);
      return { type: 'interactive', interactive: { type, nfm_reply: { name, body, response_json: json } } };
    }
    default:
      return { type: 'button', button: pick(message, 'payload', 'text') };
  }
}

function orderOf({ catalogId, text, items }: Extract<TypedMessage, { type: 'order' }>): JsonObject {
  const products = items.map(({ retailerId, quantity, price, currency }) => ({
    product_retailer_id: retailerId,
    quantity,
    item_price: price,
    currency,
  }));
  return { catalog_id: catalogId, text, product_items: products };
}

function systemOf(message: Move, { person, move }: InboundFrame): JsonObject {
  const { waId: oldWaId, userId: oldUserId, name = 'User' } = person;
  const { waId, userId } = move(message);
  if (message.type === 'user_changed_number') {
    const body = `User ${name} changed from ${oldWaId ?? oldUserId ?? ''} to ${message.waId}`;
    return defined({ body, wa_id: waId, user_id: userId, type: message.type });
  }
  const body = `User ${name} changed from ${oldUserId ?? ''} to ${userId ?? ''}`;
  return defined({ body, user_id: userId, previous_user_id: oldUserId, type: message.type });
}

function unsupported(code: number): JsonObject {
  const title = code === 131_051 ? 'Message type unknown' : 'Message is not available';
  const details = 'Message type is currently not supported.';
  return { code, title, message: title, error_data: { details } };
}

/** The named members that have a value. */
function pick<T extends Record<string, unknown>>(object: T, ...keys: (keyof T & string)[]): JsonObject {
  return defined(Object.fromEntries(keys.map((key) => [key, object[key]])));
}

/** The members that have a value, as the JSON that they will be. */
export function defined(object: Record<string, unknown>): JsonObject {
  return JsonObject.parse(
    Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)),
  );
}
