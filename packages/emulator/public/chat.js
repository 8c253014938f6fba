// The chat page. All it shows comes from the emulator's event stream, its own messages too, so that a reload or
// a second window shows the same. Text of others reaches the document as text nodes only.

import { setUpPanel } from './panel.js';

const $ = (id) => document.getElementById(id);
const TYPING_MS = 25_000; // what WhatsApp shows at most
const ANSWER_MS = 4_000; // how long an answer is expected after a message was taken

const NAMES = [
  'Ana',
  'Budi',
  'Chidi',
  'Dewi',
  'Elif',
  'Farid',
  'Grace',
  'Hana',
  'Ivo',
  'Jun',
  'Kofi',
  'Lena',
];
const state = {
  era: undefined,
  numbers: [],
  number: undefined,
  people: loadPeople(),
  person: undefined,
  chats: new Map(), // number and person → chat
  byWamid: new Map(), // wamid → message
  lastText: '',
};

// ---- people and chats ----

function loadPeople() {
  try {
    const kept = JSON.parse(localStorage.getItem('alur-people') ?? '[]');
    if (Array.isArray(kept) && kept.length > 0) return kept;
  } catch {
    // Storage may be switched off; the page works without it.
  }
  return [makePerson('Ana')];
}

function savePeople() {
  try {
    localStorage.setItem('alur-people', JSON.stringify(state.people.filter((person) => !person.isStranger)));
  } catch {
    // As above.
  }
}

function randomDigits(length) {
  return Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) => byte % 10).join('');
}

// 555-01xx numbers belong to nobody.
function makePerson(name) {
  return {
    name,
    waId: `1${2 + (Number(randomDigits(1)) % 8)}${randomDigits(2)}55501${randomDigits(2)}`,
    userId: `US.${randomDigits(16)}`,
  };
}

function personOf({ waId, userId, name }) {
  const found = state.people.find(
    (person) => (waId && person.waId === waId) || (userId && person.userId === userId),
  );
  if (found) return found;
  const stranger = { name: name ?? 'Unknown contact', waId, userId, isStranger: true };
  state.people.push(stranger);
  return stranger;
}

const personOfId = (id) => personOf(/^[0-9]+$/.test(id) ? { waId: id } : { userId: id });

function chatOf(number, person) {
  const key = `${number} ${person.waId ?? person.userId}`;
  const chat = state.chats.get(key) ?? { messages: [], unread: 0, typingUntil: 0, number, person };
  state.chats.set(key, chat);
  return chat;
}

const currentChat = () => chatOf(state.number, state.person);

function writtenNumber({ waId, userId }) {
  if (!waId) return userId;
  const [, area, exchange, line] = /^1(\d{3})(\d{3})(\d{4})$/.exec(waId) ?? [];
  return area ? `+1 ${area} ${exchange} ${line}` : `+${waId}`;
}

// ---- controls beside the chat ----

const panel = setUpPanel({
  number: () => state.number,
  contact: () => state.person?.waId ?? state.person?.userId,
  windowMs: () => state.windowMs,
  lastWroteMs: () => currentChat().messages.findLast(({ isMine }) => isMine)?.at,
});

// ---- events ----

const source = new EventSource('/_emulator/events');
source.addEventListener('hello', (event) => {
  const { era, numbers, windowMs } = JSON.parse(event.data);
  state.windowMs = windowMs;
  void panel.readClock();
  if (state.era !== era) {
    state.era = era;
    state.chats.clear();
    state.byWamid.clear();
  }
  state.numbers = numbers;
  if (!numbers.some(({ id }) => id === state.number)) state.number = numbers[0].id;
  state.person ??= state.people[0];
  hideBanner('stream');
  renderNumbers();
  renderPeople();
  renderChat();
});
source.addEventListener('error', () =>
  showBanner('stream', 'The emulator does not answer.', 'Start it again; this page goes on by itself.'),
);
source.addEventListener('message', (event) => {
  const told = JSON.parse(event.data);
  HANDLERS[told.type]?.(told);
});

const HANDLERS = {
  inbound: ({ number, contact, wamid, at, message }) => {
    const person = personOf(contact);
    addMessage(chatOf(number, person), { wamid, at, body: message, isMine: true, state: 'clock' });
  },
  outbound: ({ number, contact, wamid, at, message }) => {
    const chat = chatOf(number, personOfId(contact));
    chat.typingUntil = 0;
    const reacted = message.reaction && state.byWamid.get(message.reaction.message_id);
    if (reacted) {
      reacted.reaction = message.reaction.emoji;
      return refresh(reacted);
    }
    addMessage(chat, { wamid, at, body: message, isMine: false, state: 'clock' });
  },
  status: ({ wamid, status, error }) => {
    const message = state.byWamid.get(wamid);
    if (!message || RANK[status] <= RANK[message.state]) return;
    message.state = status;
    message.error = error;
    refresh(message);
  },
  seen: ({ wamid }) => {
    const message = state.byWamid.get(wamid);
    if (!message) return;
    for (const earlier of message.chat.messages) {
      if (earlier.isMine && earlier.state !== 'read') refresh(Object.assign(earlier, { state: 'read' }));
      if (earlier === message) break;
    }
  },
  clock: () => void panel.readClock(),
  typing: ({ wamid }) => {
    const message = state.byWamid.get(wamid);
    if (message && panel.nowMs() - message.at < TYPING_MS) expectAnswer(message.chat, TYPING_MS);
  },
  webhook: (told) => {
    const message = state.byWamid.get(told.wamid);
    const isTaken = told.status === 200;
    if (message && message.state !== 'read') {
      message.state = isTaken ? 'sent' : 'failed';
      if (!isTaken) message.chat.typingUntil = 0;
      refresh(message);
      renderTyping();
    }
    if (!isTaken) return explainRefusal(told);
    hideBanner('webhook');
    if (message && panel.nowMs() - message.at < ANSWER_MS) expectAnswer(message.chat, ANSWER_MS);
  },
};
const RANK = { clock: 0, sent: 1, delivered: 2, read: 3, played: 4, failed: 5 };

function addMessage(chat, message) {
  message.chat = chat;
  chat.messages.push(message);
  state.byWamid.set(message.wamid, message);
  if (isShown(chat)) {
    const wasAtEnd = isAtEnd();
    appendMessage(message);
    if (wasAtEnd || message.isMine) scrollToEnd();
  } else if (!message.isMine) chat.unread += 1;
  renderTyping();
  renderPeople();
}

function isShown(chat) {
  return state.person !== undefined && chat === currentChat();
}

function expectAnswer(chat, ms) {
  const last = chat.messages.at(-1);
  if (last && !last.isMine && ms === ANSWER_MS) return;
  chat.typingUntil = Math.max(chat.typingUntil, Date.now() + ms);
  renderTyping();
}

// ---- sending ----

async function send(message) {
  const { waId, userId, name, isStranger } = state.person;
  const from = { waId, userId, ...(isStranger ? {} : { name }) };
  const request = { number: state.number, from, message };
  try {
    const response = await fetch('/_emulator/inbound', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
    if (response.ok) hideBanner('emulator');
    else showBanner('emulator', 'The emulator refused the message.', (await response.json()).error);
  } catch {
    showBanner('stream', 'The emulator does not answer.', 'Start it again; this page goes on by itself.');
  }
}

const STUBS = {
  location: {
    type: 'location',
    latitude: -6.1754,
    longitude: 106.8272,
    name: 'National Monument',
    address: 'Gambir, Jakarta',
  },
  image: { type: 'image', caption: 'A picture' },
  document: { type: 'document', filename: 'receipt.pdf' },
  audio: { type: 'audio', voice: true },
};

// ---- banner ----

const banners = new Map();

function showBanner(topic, title, text) {
  banners.set(topic, { title, text });
  renderBanner();
}

function hideBanner(topic) {
  if (banners.delete(topic)) renderBanner();
}

function renderBanner() {
  const [shown] = banners.values();
  const wasAtEnd = isAtEnd();
  $('banner').hidden = !shown;
  if (shown) $('banner').replaceChildren(el('b', {}, shown.title), el('span', {}, shown.text));
  if (wasAtEnd) scrollToEnd();
}

function explainRefusal({ number, status, error, retryInMs }) {
  if (error === 'NO_ADDRESS') return showBanner('webhook', 'No webhook address is set.', NO_ADDRESS);
  const address = state.numbers.find(({ id }) => id === number)?.webhook ?? 'the webhook';
  const again = retryInMs
    ? ` Trying again in ${retryInMs < 1000 ? 'a moment' : `${Math.round(retryInMs / 1000)} s`}.`
    : '';
  const [title, advice] = REFUSALS[status] ?? [
    `The webhook answered ${status}.`,
    'Look into the log of the receiver for the reason.',
  ];
  if (status !== 0) return showBanner('webhook', title, `${advice} Address: ${address}.${again}`);
  const reason =
    error === 'ECONNREFUSED'
      ? `Nobody listens at ${address}.`
      : `No answer from ${address} (${error ?? 'no reason given'}).`;
  showBanner(
    'webhook',
    reason,
    `Start the receiver, or give the emulator the right webhook address.${again}`,
  );
}

const NO_ADDRESS =
  'The message went nowhere. Start the emulator with --webhook-url, or set one with POST /_emulator/webhook.';
const BAD_SIGNATURE =
  'The receiver checks with another app secret than the emulator signs with, or does not know this number. ' +
  'Compare the secrets; for a bundle, run setup again.';
const REFUSALS = {
  401: ['The webhook refused the signature (401).', BAD_SIGNATURE],
  403: ['The webhook refused the signature (403).', BAD_SIGNATURE],
  404: [
    'The webhook has no such address (404).',
    'Check that the address is that of the receiver; for ingress, the tenant and team in it.',
  ],
  503: [
    'The webhook could not store the message (503).',
    'Look into the log of the receiver. Ingress says more at /readyz on its ops port: is Redis up?',
  ],
};

// ---- building blocks ----

function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== false) node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.filter((child) => child !== undefined && child !== null));
  return node;
}

function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#icon-${name}`);
  svg.append(use);
  return svg;
}

const BEFORE = '(?<![\\p{L}\\p{N}])';
const AFTER = '(?![\\p{L}\\p{N}])';
const marked = (mark, name) =>
  `${BEFORE}${mark}(?<${name}>[^\\s${mark}](?:[^${mark}\\n]*[^\\s${mark}])?)${mark}${AFTER}`;
const FORMAT = new RegExp(
  [
    '```(?<block>[^`]+)```',
    '`(?<mono>[^`\\n]+)`',
    marked('\\*', 'bold'),
    marked('_', 'italic'),
    marked('~', 'strike'),
    '(?<link>https?://[^\\s<>"]*[^\\s<>".,;:!?)\\]*_~])',
  ].join('|'),
  'gu',
);

/** WhatsApp's *bold*, _italic_, ~strike~ and `mono`, and links, as nodes. */
function formatted(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(FORMAT)) {
    nodes.push(text.slice(end, match.index));
    end = match.index + match[0].length;
    nodes.push(formattedPart(match.groups));
  }
  return [...nodes, text.slice(end)];
}

function formattedPart({ block, mono, bold, italic, strike, link }) {
  if (block !== undefined) return el('pre', {}, block.replace(/^\n|\n$/g, ''));
  if (mono !== undefined) return el('code', {}, mono);
  if (bold !== undefined) return el('strong', {}, ...formatted(bold));
  if (italic !== undefined) return el('em', {}, ...formatted(italic));
  if (strike !== undefined) return el('s', {}, ...formatted(strike));
  return anchor(link, link);
}

function anchor(href, text, attributes = {}) {
  return el('a', { href, target: '_blank', rel: 'noopener noreferrer', ...attributes }, text);
}

const textBlock = (text, kind = 'text') => el('div', { class: kind }, ...formatted(String(text ?? '')));
const isWebAddress = (link) => /^https?:\/\//i.test(link ?? '');

// ---- message contents: each takes a Graph object and gives what stands in the bubble and below it ----

function contentOf(message) {
  const type = message.body.type ?? 'text';
  const render = CONTENTS[type] ?? (MEDIA_NAMES[type] ? renderMedia : renderOther);
  return { below: [], ...render(message.body, message) };
}

const CONTENTS = {
  text: ({ text }) => ({ inside: [textBlock(text?.body)] }),
  button: ({ button }) => ({ inside: [textBlock(button?.text)] }),
  interactive: ({ interactive }, message) => renderInteractive(interactive ?? {}, message),
  template: ({ template }, message) => renderTemplate(template ?? {}, message),
  location: ({ location }) => ({ inside: [placeCard(location ?? {})] }),
  contacts: ({ contacts }) => ({ inside: (contacts ?? []).map(contactCard) }),
  reaction: ({ reaction }) => ({ inside: [textBlock(`Reacted ${reaction?.emoji || 'no more'}`)] }),
};

const MEDIA_NAMES = {
  image: 'Image',
  video: 'Video',
  audio: 'Voice note',
  document: 'Document',
  sticker: 'Sticker',
};

function renderMedia({ type, [type]: media }) {
  return { inside: [mediaBlock(type, media ?? {}), media?.caption && textBlock(media.caption)] };
}

function renderOther({ type }) {
  return { inside: [el('span', { class: 'tag' }, `${type} message`)] };
}

function mediaBlock(type, media) {
  const name =
    media.filename ??
    fileName(media.link) ??
    (media.id ? `${MEDIA_NAMES[type]} ${media.id}` : MEDIA_NAMES[type]);
  const source = loadsHere(media.link)
    ? media.link
    : media.id && `/chat/media/${encodeURIComponent(media.id)}`;
  if ((type === 'image' || type === 'sticker') && source) {
    const image = el('img', { class: 'picture', src: source, alt: media.caption ?? name });
    image.addEventListener('error', () => image.replaceWith(mediaPlaceholder(type, name, media.link)));
    return image;
  }
  return mediaPlaceholder(type, name, media.link);
}

// Only this machine's pictures load: the page promises that nothing leaves it.
function loadsHere(link) {
  if (!isWebAddress(link)) return false;
  const { hostname } = new URL(link);
  return hostname === 'localhost' || hostname === '127.0.0.1';
}

function mediaPlaceholder(type, name, link) {
  const isFile = type === 'document' || type === 'audio';
  const note = isWebAddress(link)
    ? anchor(link, isFile ? 'Open link' : 'Not loaded here. Open link')
    : el('span', {}, MEDIA_NAMES[type]);
  return el('div', { class: `media${isFile ? ' file' : ''}` }, icon(type), el('b', {}, name), note);
}

function fileName(link) {
  if (!isWebAddress(link)) return undefined;
  try {
    const { pathname, hostname } = new URL(link);
    return decodeURIComponent(pathname.split('/').pop()) || hostname;
  } catch {
    return link;
  }
}

function placeCard({ latitude, longitude, name, address }) {
  return el(
    'div',
    { class: 'place' },
    icon('pin'),
    el('b', {}, name ?? 'Location'),
    address && el('span', {}, address),
    el('span', {}, `${latitude}, ${longitude}`),
  );
}

function contactCard({ name, phones }) {
  const phone = phones?.[0]?.phone ?? phones?.[0]?.wa_id;
  return el(
    'div',
    { class: 'place' },
    icon('person-add'),
    el('b', {}, name?.formatted_name ?? 'Contact'),
    phone && el('span', {}, phone),
  );
}

function renderInteractive(interactive, message) {
  const answer = interactive.button_reply ?? interactive.list_reply;
  if (answer)
    return {
      inside: [textBlock(answer.title), answer.description && textBlock(answer.description, 'footer')],
    };
  const { header, body, footer, action } = interactive;
  return {
    inside: [
      header?.type === 'text' && textBlock(header.text, 'headline'),
      MEDIA_NAMES[header?.type] && mediaBlock(header.type, header[header.type] ?? {}),
      body?.text && textBlock(body.text),
      footer?.text && textBlock(footer.text, 'footer'),
    ],
    below: (ACTIONS[interactive.type] ?? otherAction)(action ?? {}, message, interactive),
  };
}

const ACTIONS = {
  button: ({ buttons }, message) =>
    // Those of a card are called otherwise.
    (buttons ?? []).map(({ reply, quick_reply: quickReply }) => {
      const { id, title } = reply ?? quickReply ?? {};
      return choice('reply', title, message, { type: 'button_reply', id, title });
    }),
  list: (action, message) => [
    choiceButton('list', action.button, {
      'aria-haspopup': 'dialog',
      onclick: () => openSheet(action, message),
    }),
  ],
  cta_url: ({ parameters }) =>
    isWebAddress(parameters?.url)
      ? [anchor(parameters.url, '', { class: 'choice' })].map(
          (link) => (link.append(icon('link'), parameters.display_text), link),
        )
      : [],
  location_request_message: (_action, message) => [choice('pin', 'Send location', message, STUBS.location)],
  carousel: ({ cards }, message) => [
    el('div', { class: 'cards', tabindex: '0' }, ...(cards ?? []).map((card) => cardNode(card, message))),
  ],
};

function cardNode(card, message) {
  const { inside, below } = renderInteractive(card, message);
  return el('div', { class: 'card' }, ...inside.filter(Boolean), ...below);
}

function otherAction(_action, _message, { type }) {
  return [choiceButton('list', `${String(type).replaceAll('_', ' ')} (not played here)`, { disabled: true })];
}

/** A button that answers `message`; it stays usable, as in WhatsApp, and shows what was chosen. */
function choice(iconName, title, message, answer) {
  const isChosen = message.chosen === (answer.id ?? answer.payload ?? answer.type);
  return choiceButton(iconName, title, {
    class: `choice${isChosen ? ' chosen' : ''}`,
    'aria-pressed': isChosen ? 'true' : undefined,
    onclick: () => answerTo(message, answer),
  });
}

function choiceButton(iconName, title, attributes) {
  return el(
    'button',
    { type: 'button', class: 'choice', ...attributes },
    icon(iconName),
    String(title ?? ''),
  );
}

function answerTo(message, answer) {
  message.chosen = answer.id ?? answer.payload ?? answer.type;
  refresh(message);
  $('text').focus();
  void send({ ...answer, replyTo: message.wamid });
}

function renderTemplate({ name, language, components: given = [] }, message) {
  const components = given.flatMap((part) =>
    part.cards ? part.cards.flatMap((card) => card.components ?? []) : [part],
  );
  const values = components.flatMap((component) => templateValues(component));
  const media = components
    .flatMap(({ parameters = [] }) => parameters)
    .filter(({ type }) => MEDIA_NAMES[type]);
  return {
    inside: [
      el(
        'div',
        { class: 'template-name' },
        el('span', { class: 'tag' }, 'Template'),
        el('b', {}, String(name)),
        el('span', { class: 'footer' }, String(language?.code ?? '')),
      ),
      ...media.map((parameter) => mediaBlock(parameter.type, parameter[parameter.type] ?? {})),
      values.length > 0 &&
        el(
          'dl',
          { class: 'parameters' },
          ...values.flatMap(([term, value]) => [el('dt', {}, term), el('dd', {}, ...formatted(value))]),
        ),
      values.length === 0 && media.length === 0 && el('span', { class: 'footer' }, 'No parameters'),
    ],
    below: components.flatMap((component) => templateButton(component, message)),
  };
}

function templateValues({ type, parameters = [] }) {
  if (String(type).toLowerCase() === 'button') return [];
  return parameters
    .filter((parameter) => !MEDIA_NAMES[parameter.type])
    .map((parameter, index) => [
      `${String(type).toLowerCase()} ${parameter.parameter_name ?? index + 1}`,
      parameterText(parameter),
    ]);
}

function parameterText(parameter) {
  const inner = parameter[parameter.type];
  return String(typeof inner === 'object' ? (inner?.fallback_value ?? JSON.stringify(inner)) : (inner ?? ''));
}

function templateButton({ type, sub_type: subType, parameters = [] }, message) {
  if (String(type).toLowerCase() !== 'button') return [];
  const [parameter] = parameters;
  if (String(subType).toLowerCase() === 'quick_reply') {
    const payload = parameter?.payload ?? 'Quick reply';
    return [choice('reply', payload, message, { type: 'quick_reply', payload, text: payload })];
  }
  return [
    choiceButton('link', `${subType}: ${parameter ? parameterText(parameter) : ''}`, { disabled: true }),
  ];
}

// ---- rendering ----

function messageNode(message) {
  const { inside, below } = contentOf(message);
  const previous = message.chat.messages[message.chat.messages.indexOf(message) - 1];
  const isTurn = previous?.isMine !== message.isMine;
  const quoted = state.byWamid.get(message.body.context?.message_id);
  const bubble = el(
    'div',
    { class: 'bubble' },
    quoted && el('div', { class: 'quote' }, summary(quoted)),
    ...inside.filter(Boolean),
    message.error && el('div', { class: 'failure' }, `Failed: ${message.error}`),
    el('div', { class: 'meta' }, timeNode(message.at), ticks(message)),
  );
  return el(
    'li',
    { class: `message${message.isMine ? ' mine' : ''}${isTurn ? ' turn' : ''}`, 'data-wamid': message.wamid },
    el('span', { class: 'visually-hidden' }, message.isMine ? 'You:' : 'Business:'),
    bubble,
    message.reaction &&
      el('span', { class: 'reactions', 'aria-label': `Reaction ${message.reaction}` }, message.reaction),
    below.length > 0 ? el('div', { class: 'choices' }, ...below) : undefined,
  );
}

function timeNode(at) {
  const date = new Date(at);
  return el(
    'time',
    { datetime: date.toISOString() },
    date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }),
  );
}

const TICKS = {
  mine: {
    clock: ['clock', 'Posting to the webhook'],
    sent: ['sent', 'Taken by the webhook'],
    read: ['both', 'Read by the business'],
    failed: ['failed', 'Not taken by the webhook, trying again'],
  },
  theirs: {
    clock: ['clock', 'Accepted, no receipt yet'],
    sent: ['sent', 'The business knows: sent'],
    delivered: ['both', 'The business knows: delivered'],
    read: ['both', 'The business knows: read'],
    played: ['both', 'The business knows: played'],
    failed: ['failed', 'The business knows: failed'],
  },
};

function ticks(message) {
  const [name, label] = TICKS[message.isMine ? 'mine' : 'theirs'][message.state] ?? ['clock', message.state];
  return el(
    'span',
    { class: 'ticks', role: 'img', 'data-state': message.state, 'aria-label': label, title: label },
    icon(name),
  );
}

function summary({ body }) {
  const media = body[body.type];
  const { interactive, template } = body;
  return (
    body.text?.body ??
    interactive?.body?.text ??
    interactive?.button_reply?.title ??
    interactive?.list_reply?.title ??
    body.button?.text ??
    template?.name ??
    media?.caption ??
    media?.name ??
    MEDIA_NAMES[body.type] ??
    body.type
  );
}

function appendMessage(message) {
  $('empty').hidden = true;
  $('log').append(messageNode(message));
}

function refresh(message) {
  const node = $('log').querySelector(`[data-wamid="${CSS.escape(message.wamid)}"]`);
  if (!node) return;
  const focused = node.contains(document.activeElement)
    ? [...node.querySelectorAll('button')].indexOf(document.activeElement)
    : -1;
  const fresh = messageNode(message);
  node.replaceWith(fresh);
  if (focused >= 0) fresh.querySelectorAll('button')[focused]?.focus();
}

function renderChat() {
  const chat = currentChat();
  chat.unread = 0;
  const number = state.numbers.find(({ id }) => id === state.number);
  $('business').textContent = number?.displayNumber ?? 'Business';
  $('writing-as').textContent = `You are ${state.person.name}, ${writtenNumber(state.person)}`;
  $('log').replaceChildren(...chat.messages.map(messageNode));
  $('empty').hidden = chat.messages.length > 0;
  renderTyping();
  scrollToEnd();
}

function renderNumbers() {
  $('number-choice').hidden = state.numbers.length < 2;
  $('numbers').replaceChildren(
    ...state.numbers.map(({ id, displayNumber }) =>
      el('option', { value: id, selected: id === state.number }, displayNumber),
    ),
  );
}

function renderPeople() {
  const focused = document.activeElement?.dataset?.person;
  $('contacts').replaceChildren(...state.people.map(personNode));
  if (focused)
    $('contacts')
      .querySelector(`[data-person="${CSS.escape(focused)}"]`)
      ?.focus();
}

function personNode(person, index) {
  const chat = chatOf(state.number, person);
  const last = chat.messages.at(-1);
  const id = person.waId ?? person.userId;
  return el(
    'li',
    {},
    el(
      'button',
      {
        type: 'button',
        class: 'person',
        'data-person': id,
        'aria-current': person === state.person ? 'true' : 'false',
        onclick: () => choosePerson(person),
      },
      el(
        'span',
        { class: `avatar tone-${index % 6}`, 'aria-hidden': 'true' },
        person.name.slice(0, 1).toUpperCase(),
      ),
      el(
        'span',
        { class: 'person-text' },
        el('b', {}, person.name),
        el('span', {}, last ? summary(last) : writtenNumber(person)),
      ),
      chat.unread > 0
        ? el('span', { class: 'unread', 'aria-label': `${chat.unread} unread` }, String(chat.unread))
        : undefined,
    ),
  );
}

let typingTimer;
function renderTyping() {
  if (!state.person) return;
  const leftMs = currentChat().typingUntil - Date.now();
  const wasHidden = $('typing').hidden;
  $('typing').hidden = leftMs <= 0;
  clearTimeout(typingTimer);
  if (leftMs > 0) typingTimer = setTimeout(renderTyping, leftMs);
  if (wasHidden && leftMs > 0) scrollToEnd();
}

function isAtEnd() {
  const { scrollHeight, scrollTop, clientHeight } = $('scroll');
  return scrollHeight - scrollTop - clientHeight < 160;
}

function scrollToEnd() {
  $('scroll').scrollTop = $('scroll').scrollHeight;
}

// ---- list sheet ----

function openSheet(action, message) {
  $('sheet-title').textContent = action.button;
  const choose = ({ id, title, description }) => {
    $('sheet').close();
    answerTo(message, { type: 'list_reply', id, title, ...(description ? { description } : {}) });
  };
  $('sheet-rows').replaceChildren(
    ...(action.sections ?? []).flatMap(({ title, rows = [] }) => [
      ...(title ? [el('h3', {}, title)] : []),
      ...rows.map((row) =>
        el(
          'button',
          { type: 'button', class: 'row', onclick: () => choose(row) },
          el('b', {}, row.title),
          row.description && el('span', {}, row.description),
        ),
      ),
    ]),
  );
  $('sheet').showModal();
  $('sheet-rows').querySelector('button')?.focus();
}

$('sheet-close').addEventListener('click', () => $('sheet').close());
$('sheet').addEventListener('click', (event) => {
  if (event.target === $('sheet')) $('sheet').close();
});

// ---- controls ----

function submit() {
  const text = $('text').value.trim();
  if (text === '' || !state.person) return;
  state.lastText = text;
  $('text').value = '';
  fitText();
  void send({ type: 'text', text });
}

function fitText() {
  const area = $('text');
  area.style.height = 'auto';
  area.style.height = `${area.scrollHeight + 2}px`;
}

$('composer').addEventListener('submit', (event) => {
  event.preventDefault();
  submit();
});
$('text').addEventListener('input', fitText);
$('text').addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    submit();
  }
  if (event.key === 'ArrowUp' && $('text').value === '' && state.lastText) {
    event.preventDefault();
    $('text').value = state.lastText;
    fitText();
  }
});
$('say-hi').addEventListener('click', () => {
  void send({ type: 'text', text: 'hi' });
  $('text').focus();
});

function showMenu(isOpen) {
  $('attach-menu').hidden = !isOpen;
  $('attach').setAttribute('aria-expanded', String(isOpen));
  if (isOpen) $('attach-menu').querySelector('button').focus();
}

$('attach').addEventListener('click', () => showMenu($('attach-menu').hidden));
$('attach-menu').addEventListener('click', (event) => {
  const kind = event.target.closest('button')?.dataset.send;
  if (!kind) return;
  showMenu(false);
  $('text').focus();
  void send(STUBS[kind]);
});
$('attach-menu').addEventListener('keydown', (event) => {
  const buttons = [...$('attach-menu').querySelectorAll('button')];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const at = buttons.indexOf(document.activeElement);
  buttons[(at + step + buttons.length) % buttons.length].focus();
});
document.addEventListener('click', (event) => {
  if (!$('attach-menu').hidden && !event.target.closest('.attach')) showMenu(false);
});
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  if (!$('attach-menu').hidden) {
    showMenu(false);
    $('attach').focus();
  }
  showPeople(false);
});

function showPeople(isOpen) {
  $('people').classList.toggle('is-open', isOpen);
  $('people-backdrop').hidden = !isOpen;
  if (isOpen) $('people-close').focus();
}

$('people-open').addEventListener('click', () => showPeople(true));
$('people-close').addEventListener('click', () => showPeople(false));
$('people-backdrop').addEventListener('click', () => showPeople(false));

function choosePerson(person) {
  state.person = person;
  showPeople(false);
  renderChat();
  renderPeople();
  $('text').focus();
}

$('new-contact').addEventListener('click', () => {
  const taken = new Set(state.people.map(({ name }) => name));
  const name = NAMES.find((candidate) => !taken.has(candidate)) ?? `Contact ${state.people.length + 1}`;
  const person = makePerson(name);
  state.people.push(person);
  savePeople();
  choosePerson(person);
});
$('numbers').addEventListener('change', () => {
  state.number = $('numbers').value;
  renderChat();
  renderPeople();
});
savePeople();
