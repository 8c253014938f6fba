// The controls beside the chat: time, faults, templates, news. Each is one call of the control API, nothing more.

const $ = (id) => document.getElementById(id);

const FAULTS = {
  'Rate limit (130429)': { kind: 'error', code: 130429, title: 'Rate limit hit' },
  'Pair rate limit (131056)': {
    kind: 'error',
    code: 131056,
    title: '(Business Account, Consumer Account) pair rate limit hit',
  },
  'Server error 500 (131000)': { kind: 'error', http: 500, code: 131000, title: 'Something went wrong' },
  'Bad gateway, no Graph error': { kind: 'http', status: 502, body: '<h1>Bad gateway</h1>' },
  'Connection breaks, not accepted': { kind: 'reset_before_accept' },
  'Connection breaks, accepted': { kind: 'reset_after_accept' },
  'Answer after 5 seconds': { kind: 'delay', ms: 5000 },
  'Failed: outside the window (131047)': {
    kind: 'failed_status',
    code: 131047,
    title: 'Re-engagement message',
  },
  'Failed: undeliverable (131026)': { kind: 'failed_status', code: 131026, title: 'Message undeliverable' },
  'Failed after sent (131049)': {
    kind: 'late_failed_status',
    code: 131049,
    title: 'This message was not delivered to maintain healthy ecosystem engagement.',
    ms: 1000,
  },
  'Receipts twice': { kind: 'duplicate_status' },
  'Receipts out of order': { kind: 'shuffle_statuses' },
  'No receipts': { kind: 'drop_statuses' },
};

async function call(method, path, body) {
  const response = await fetch(`/_emulator/${path}`, {
    method,
    headers: body ? { 'content-type': 'application/json' } : {},
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? `refused with ${response.status}`);
  return answer;
}

/** `chat` tells what the page is about: number, contact, window, and when the contact last wrote. */
export function setUpPanel(chat) {
  // The emulator's time, and the page's when that was read.
  let clock = { now: Date.now(), rate: 1, readAt: Date.now() };
  const nowMs = () => clock.now + (Date.now() - clock.readAt) * clock.rate;

  async function order(said, method, path, body) {
    try {
      const answer = await call(method, path, body);
      const isLost = typeof answer.status === 'number' && answer.status !== 200;
      $('panel-said').textContent = isLost
        ? `${said}, but the webhook answered ${answer.status || answer.error}.`
        : `${said}.`;
    } catch (error) {
      $('panel-said').textContent = `Not done: ${error.message}`;
    }
  }

  function render() {
    $('clock-now').textContent =
      `${new Date(nowMs()).toLocaleString()}${clock.rate === 0 ? ', stopped' : ''}`;
    $('clock-stop').setAttribute('aria-pressed', String(clock.rate === 0));
    $('window-left').textContent = windowText();
  }

  function windowText() {
    const wroteMs = chat.lastWroteMs();
    if (wroteMs === undefined) return 'This contact has not written: templates only.';
    const leftMs = wroteMs + chat.windowMs() - nowMs();
    if (leftMs <= 0) return 'The window of this contact is closed: templates only.';
    const minutes = Math.ceil(leftMs / 60_000);
    const left = minutes >= 120 ? `${Math.floor(minutes / 60)} hours` : `${minutes} min`;
    return `The window of this contact is open for ${left} more.`;
  }

  async function readClock() {
    try {
      clock = { ...(await call('GET', 'clock')), readAt: Date.now() };
      render();
    } catch {
      // The page says by itself when the emulator is gone.
    }
  }

  async function turn(said, change) {
    await order(said, 'POST', 'clock', change);
    await readClock();
  }

  function onSubmit(id, act) {
    $(id).addEventListener('submit', (event) => {
      event.preventDefault();
      void act(Object.fromEntries(new FormData($(id))));
    });
  }

  for (const name of Object.keys(FAULTS)) $('panel-fault').elements.fault.append(new Option(name));
  onSubmit('panel-fault', ({ fault, times }) =>
    order(`Ordered: ${fault}`, 'POST', 'faults', {
      match: { number: chat.number() },
      times: Number(times),
      fault: FAULTS[fault],
    }),
  );
  onSubmit('panel-template', ({ name, status }) =>
    order(`The template is ${status}`, 'POST', 'template', { number: chat.number(), name, status }),
  );
  onSubmit('panel-news', ({ event }) =>
    order('The news is sent', 'POST', 'account', {
      number: chat.number(),
      event,
      ...(chat.contact() ? { contact: chat.contact() } : {}),
    }),
  );
  $('faults-clear').addEventListener(
    'click',
    () => void order('All faults are taken back', 'DELETE', 'faults'),
  );
  $('clock-stop').addEventListener('click', () => {
    const stopped = clock.rate !== 0;
    void turn(stopped ? 'The clock stands still' : 'The clock runs', { stopped });
  });
  for (const button of document.querySelectorAll('[data-advance]')) {
    const advanceMs = Number(button.dataset.advance);
    button.addEventListener('click', () => void turn(`It is ${button.textContent}`, { advanceMs }));
  }

  async function open() {
    $('panel-said').textContent = '';
    $('panel').showModal();
    await readClock();
    const list = $('panel-news').elements.event;
    if (list.options.length > 0) return;
    for (const name of (await call('GET', 'account')).events) {
      list.append(new Option(name.replaceAll('_', ' '), name));
    }
  }

  $('panel-open').addEventListener('click', () => void open());
  $('panel-close').addEventListener('click', () => $('panel').close());
  $('panel').addEventListener('click', (event) => {
    if (event.target === $('panel')) $('panel').close();
  });
  return { nowMs, readClock };
}
