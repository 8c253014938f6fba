import { didYouMean } from '../../expression/hints.ts';
import { type ParsedFlow } from '../read-flow.ts';
import { type YamlPath } from '../yaml-file.ts';
import { isComputed, isRecord, listAt, valueAt } from './raw-values.ts';
import { parameterFaults, type ParameterFault } from './template-parameters.ts';

// The components of a template message, by Meta's page on sending templates. A template's own text is not known here, so
// what is checked is what would be refused whatever it says. Case does not count in `type` and `sub_type`.

type Types = readonly string[] | 'any';

/** What each component may have as parameters. */
const COMPONENTS: Readonly<Partial<Record<string, Types>>> = {
  header: ['text', 'image', 'video', 'document', 'gif', 'location', 'product'],
  body: ['text', 'currency', 'date_time'],
  footer: [],
  button: 'any',
  carousel: [],
  limited_time_offer: ['limited_time_offer'],
  order_status: ['order_status'],
  tap_target_configuration: 'any',
};

const BUTTONS: Readonly<Partial<Record<string, Types>>> = {
  quick_reply: ['payload'],
  url: ['text'],
  copy_code: ['coupon_code'],
  flow: ['action'],
  catalog: ['action'],
  mpm: ['action'],
  spm: ['action'],
  order_details: ['action'],
  voice_call: 'any',
};

const CARDS_MAX = 10;
const CARDS_MIN = 2;

interface Fault extends ParameterFault {
  path: YamlPath;
}

/** E302: components that Meta refuses, in `template` and in the template for a closed window. */
export function checkTemplateComponents({ file, yaml, nodes }: ParsedFlow): void {
  for (const { configPath } of nodes.filter(({ type }) => type === 'reply')) {
    for (const form of [['template'], ['outside_window', 'template']]) {
      const base = [...configPath(form), 'components'];
      for (const { path, message, fix } of componentsFaults(yaml.value, base))
        file.report({ code: 'E302', place: yaml.placeOf(path), message, fix });
    }
  }
}

function componentsFaults(value: unknown, base: YamlPath): Fault[] {
  return listAt(value, base).flatMap((component, index) =>
    isRecord(component) && typeof component['type'] === 'string' && !isComputed(component['type'])
      ? componentFaults(component, component['type'].toLowerCase()).map(({ path, ...fault }) => ({
          ...fault,
          path: [...base, index, ...path],
        }))
      : [],
  );
}

function componentFaults(component: Readonly<Record<string, unknown>>, type: string): Fault[] {
  const allowed = Object.hasOwn(COMPONENTS, type) ? COMPONENTS[type] : undefined;
  if (allowed === undefined) {
    const known = Object.keys(COMPONENTS);
    const fix = didYouMean(type, known) ?? `known: ${known.join(', ')}; \`raw\` sends others as they are`;
    return [{ path: ['type'], message: `A template has no component \`${type}\``, fix }];
  }
  switch (type) {
    case 'button':
      return buttonFaults(component);
    case 'carousel':
      return carouselFaults(component);
    default:
      return [...countFaults(component, type), ...parametersFaults(component, type, allowed)];
  }
}

function countFaults(component: Readonly<Record<string, unknown>>, type: string): Fault[] {
  const { length } = listAt(component, ['parameters']);
  if (type !== 'header' || length <= 1) return [];
  return [{ path: ['parameters', 1], message: 'A header has one parameter at most' }];
}

function buttonFaults(component: Readonly<Record<string, unknown>>): Fault[] {
  const { sub_type: subType, index } = component;
  const faults: Fault[] = [];
  if (subType === undefined)
    faults.push({ path: [], message: '`sub_type` of the button is missing', fix: known(BUTTONS) });
  if (index === undefined)
    faults.push({
      path: [],
      message: '`index` of the button is missing',
      fix: 'count the buttons of the template from 0',
    });
  else if (!isComputed(index) && !isIndex(index))
    faults.push({ path: ['index'], message: '`index` must be a number from 0 to 9' });
  if (typeof subType !== 'string' || isComputed(subType)) return faults;
  const name = subType.toLowerCase();
  const allowed = Object.hasOwn(BUTTONS, name) ? BUTTONS[name] : undefined;
  if (allowed) return [...faults, ...parametersFaults(component, `${name} button`, allowed)];
  const message = `There is no kind of button \`${name}\``;
  return [
    ...faults,
    { path: ['sub_type'], message, fix: didYouMean(name, Object.keys(BUTTONS)) ?? known(BUTTONS) },
  ];
}

function isIndex(index: unknown): boolean {
  return (typeof index === 'string' || typeof index === 'number') && /^\d$/.test(String(index));
}

function carouselFaults(component: Readonly<Record<string, unknown>>): Fault[] {
  const cards = component['cards'];
  if (isComputed(cards)) return [];
  if (!Array.isArray(cards)) return [{ path: [], message: '`cards` of the carousel is missing' }];
  const count: Fault[] =
    cards.length < CARDS_MIN || cards.length > CARDS_MAX
      ? [{ path: ['cards'], message: `A carousel has ${CARDS_MIN} to ${CARDS_MAX} cards` }]
      : [];
  const inside = cards.flatMap((card: unknown, index) => {
    const missing: Fault[] =
      valueAt(card, ['card_index']) === undefined
        ? [{ path: ['cards', index], message: '`card_index` of the card is missing' }]
        : [];
    return [...missing, ...componentsFaults(component, ['cards', index, 'components'])];
  });
  return [...count, ...inside];
}

function parametersFaults(
  component: Readonly<Record<string, unknown>>,
  name: string,
  allowed: Types,
): Fault[] {
  const parameters = listAt(component, ['parameters']);
  const [first] = parameters;
  if (allowed !== 'any' && allowed.length === 0 && first !== undefined)
    return [{ path: ['parameters'], message: `A ${name} has no parameters` }];
  const each = parameters.flatMap((parameter, index): Fault[] => {
    const type = valueAt(parameter, ['type']);
    const at = ['parameters', index];
    if (typeof type !== 'string' || isComputed(type) || !isRecord(parameter)) return [];
    if (allowed !== 'any' && !allowed.includes(type)) {
      const message = `A ${name} has no parameter of type \`${type}\``;
      return [{ path: [...at, 'type'], message, fix: `it takes ${allowed.join(', ')}` }];
    }
    return parameterFaults(parameter, type, name).map(({ path, ...fault }) => ({
      ...fault,
      path: [...at, ...path],
    }));
  });
  return [...each, ...mixedNames(parameters)];
}

function mixedNames(parameters: readonly unknown[]): Fault[] {
  const named = parameters.map((parameter) => valueAt(parameter, ['parameter_name']) !== undefined);
  if (!named.includes(true) || !named.includes(false)) return [];
  const message = 'Parameters with a `parameter_name` and without one are mixed';
  const fix = 'name all of them, as the template does, or none';
  return [{ path: ['parameters', named.indexOf(named[0] !== true)], message, fix }];
}

function known(table: object): string {
  return `known: ${Object.keys(table).join(', ')}`;
}
