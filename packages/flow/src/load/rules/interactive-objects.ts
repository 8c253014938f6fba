import { type ParsedFlow } from '../read-flow.ts';
import { type YamlPath } from '../yaml-file.ts';
import { isComputed, isRecord, valueAt } from './raw-values.ts';

// Kinds of interactive messages whose inside the message schema leaves to Meta, by Meta's pages on each of them. Only what
// would be refused whatever the account holds is checked.

const FLOW_CTA_MAX = 20;
const CARDS = [2, 10] as const;

interface Shape {
  /** `name` of the action. */
  name?: string;
  /** What must stand in the action, from its root. */
  needs: readonly YamlPath[];
  needsBody: boolean;
  needsTextHeader?: boolean;
}

const SHAPES: Readonly<Partial<Record<string, Shape>>> = {
  flow: {
    name: 'flow',
    needs: [
      ['parameters', 'flow_message_version'],
      ['parameters', 'flow_cta'],
    ],
    needsBody: true,
  },
  product: { needs: [['catalog_id'], ['product_retailer_id']], needsBody: false },
  product_list: { needs: [['catalog_id'], ['sections']], needsBody: true, needsTextHeader: true },
  catalog_message: { name: 'catalog_message', needs: [], needsBody: true },
  address_message: { name: 'address_message', needs: [['parameters', 'country']], needsBody: true },
  carousel: { needs: [['cards']], needsBody: true },
  request_contact_info: { name: 'request_contact_info', needs: [], needsBody: true },
};

interface Fault {
  path: YamlPath;
  message: string;
}

/** E303: interactive objects that Meta refuses. */
export function checkInteractives({ file, yaml, nodes }: ParsedFlow): void {
  for (const { configPath } of nodes.filter(({ type }) => type === 'reply')) {
    const base = configPath(['interactive']);
    const interactive = valueAt(yaml.value, base);
    const type = valueAt(interactive, ['type']);
    if (typeof type !== 'string' || !Object.hasOwn(SHAPES, type)) continue;
    const shape = SHAPES[type];
    for (const { path, message } of shape ? faultsOf(interactive, type, shape) : [])
      file.report({ code: 'E303', place: yaml.placeOf([...base, ...path]), message });
  }
}

function faultsOf(interactive: unknown, type: string, shape: Shape): Fault[] {
  const action = valueAt(interactive, ['action']);
  if (!isRecord(action)) return [];
  const inAction = [
    ...nameFaults(action, shape),
    ...needFaults(action, shape),
    ...flowFaults(action, type),
  ].map(({ path, message }) => ({ path: ['action', ...path], message }));
  return [...frameFaults(interactive, type, shape), ...inAction, ...cardFaults(action, type)];
}

function frameFaults(interactive: unknown, type: string, { needsBody, needsTextHeader }: Shape): Fault[] {
  const faults: Fault[] = [];
  const body = valueAt(interactive, ['body', 'text']);
  if (needsBody && (body === undefined || body === ''))
    faults.push({ path: [], message: `A \`${type}\` message needs \`body\` with a \`text\`` });
  if (needsTextHeader && valueAt(interactive, ['header', 'type']) !== 'text')
    faults.push({ path: [], message: `A \`${type}\` message needs a \`header\` of type \`text\`` });
  return faults;
}

function nameFaults(action: unknown, { name }: Shape): Fault[] {
  const given = valueAt(action, ['name']);
  if (name === undefined || given === name || isComputed(given)) return [];
  return [{ path: given === undefined ? [] : ['name'], message: `\`name\` of the action must be "${name}"` }];
}

function needFaults(action: unknown, { needs }: Shape): Fault[] {
  return needs
    .filter((path) => valueAt(action, path) === undefined)
    .map((path) => ({ path: path.slice(0, -1), message: `\`${path.at(-1)}\` is missing` }));
}

function flowFaults(action: unknown, type: string): Fault[] {
  if (type !== 'flow') return [];
  const parameters = valueAt(action, ['parameters']);
  const [cta, id, name] = ['flow_cta', 'flow_id', 'flow_name'].map((key) => valueAt(parameters, [key]));
  const faults: Fault[] = [];
  if (isRecord(parameters) && (id === undefined) === (name === undefined))
    faults.push({ path: ['parameters'], message: 'exactly one of `flow_id` and `flow_name` must be given' });
  if (typeof cta === 'string' && !isComputed(cta) && cta.length > FLOW_CTA_MAX) {
    const message = `\`flow_cta\` may have at most ${FLOW_CTA_MAX} characters`;
    faults.push({ path: ['parameters', 'flow_cta'], message });
  }
  return faults;
}

function cardFaults(action: unknown, type: string): Fault[] {
  const cards = valueAt(action, ['cards']);
  if (type !== 'carousel' || !Array.isArray(cards)) return [];
  const [min, max] = CARDS;
  return cards.length < min || cards.length > max
    ? [{ path: ['action', 'cards'], message: `A carousel has ${min} to ${max} cards` }]
    : [];
}
