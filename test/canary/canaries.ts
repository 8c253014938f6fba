// Values that stand nowhere else, so that each place where one is found is a place that showed it.

/** Must be nowhere but in the bundle's secrets and on their way to whom they are for. */
export const SECRETS = {
  app_secret: 'Qa5cret+App/7Hq2Zw9KdLm4',
  verify_token: 'QaVerify+8Rt3/Yx6NbVc1PoI',
  access_token: 'EAAQaAccess7ZpL2mN4oK9qRsT',
  api_key: 'QaApiKey+5Fg8Hj2Kl4/Zx7Cv9Bn',
  flow_secret: 'QaFlow"Secret\\3Wq6Er9Ty2Ui5',
  subscriber_secret: 'QaSubscriber+4Mn7/Bv1Cx8',
  redis_password: 'QaRedis+Pass/9Lk6Jh3Gf0',
};

/** Must be only where conversations are kept, and on their way to whom they are for. */
export const PERSONAL = {
  phone: '6281298764532',
  phone_written: '+62 812-9876-4532',
  phone_local: '0812 9876 4532',
  phone_of_card: '+49 171 5566778',
  user_id: 'ID.74319856201747319',
  name: 'Zéphyrine Quuxberg',
  text: 'the xylophone “hums” at 7, ünder\nthe moon',
  title: 'Yes, the zither please',
  caption: 'my passport, q.v. ƒront',
  place: 'Quagmire Lane 17b',
  parameter: 'rendezvous at the kiosk',
  idempotency_key: 'order-of-quuxberg-88',
  input: 'a gift for aunt Zelda',
  answer: 'balance: 12 zlotys & owes',
  meta_text: 'recipient Zéphyrine is not (#quux) reachable',
};

export interface Found {
  canary: string;
  form: string;
}

/** Every spelling of a value that a program may make of it without anybody's will. */
export function formsOf(value: string): Map<string, string> {
  const bytes = Buffer.from(value);
  const json = JSON.stringify(value).slice(1, -1);
  const forms = new Map([
    ['raw', value],
    ['json', json],
    ['json in json', JSON.stringify(json).slice(1, -1)],
    ['json of Meta', json.replace(/[\u0080-\uffff]/g, escapeUnit)],
    ['url', encodeURIComponent(value)],
    ['form', new URLSearchParams({ x: value }).toString().slice(2)],
    ['hex', bytes.toString('hex')],
    ['HEX', bytes.toString('hex').toUpperCase()],
    ['latin1', bytes.toString('latin1')],
  ]);
  // Base64 begins anywhere: of each of the three alignments what the neighbours do not change.
  for (const offset of [0, 1, 2]) {
    const shifted = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    const own = shifted.slice(offset === 0 ? 0 : 4, shifted.length - 4);
    forms.set(`base64 at ${offset}`, own);
    forms.set(`base64url at ${offset}`, own.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return forms;
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Looks for canaries in texts. */
export function createSearch(canaries: Readonly<Record<string, string>>): (text: string) => Found[] {
  const known = new Map<string, Found>();
  for (const [canary, value] of Object.entries(canaries)) {
    for (const [form, text] of formsOf(value)) if (!known.has(text)) known.set(text, { canary, form });
  }
  const phones = Object.entries(canaries).filter(([canary]) => canary.startsWith('phone'));
  const spelt = phones.map(([canary, value]) => ({ canary, form: 'digits', pattern: digitsOf(value) }));
  const any = new RegExp(
    [...known.keys()].map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'),
    'g',
  );
  return (text) => [
    ...[...text.matchAll(any)].flatMap(([match]) => known.get(match) ?? []),
    ...spelt.flatMap(({ canary, form, pattern }) => (pattern.test(text) ? [{ canary, form }] : [])),
  ];
}

/** A phone number without its country, whatever people put between the digits. */
function digitsOf(phone: string): RegExp {
  const digits = phone.replace(/\D/g, '').slice(-9);
  return new RegExp([...digits].join('[ .()/-]{0,2}'));
}
