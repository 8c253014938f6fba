import { didYouMean, LIMITS, PARAMETERS, TEMPLATE_KINDS, type JsonObject } from '@alur/types';
import { isRecord, listAt, valueAt } from '../load/rules/raw-values.ts';
import { startsWith, type MessageFault, type Path } from './check-message.ts';
import { type Draft } from './draft-message.ts';

// What Meta takes today, and may refuse or not show all the same.

const PARAMETER_TYPES = Object.keys(PARAMETERS);

/** Paths are in the node's config. */
export function messageWarnings({ message, writtenAt }: Draft, computed: readonly Path[]): MessageFault[] {
  return [...unknownKinds(message, ['template', 'components']), ...doubtful(message)]
    .map((warning) => ({ ...warning, path: writtenAt(warning.path) }))
    .filter(({ path }) => !computed.some((each) => startsWith(path, each)));
}

/** W311, in the components of a template and of its cards. */
function unknownKinds(message: JsonObject, base: Path): MessageFault[] {
  return listAt(message, base).flatMap((component, index) => {
    const at = [...base, index];
    const unknown = kindFaults(message, [...at, 'type'], TEMPLATE_KINDS.components, 'component');
    if (unknown.length > 0) return unknown;
    const parameters = listAt(component, ['parameters']).flatMap((_, each) =>
      kindFaults(message, [...at, 'parameters', each, 'type'], PARAMETER_TYPES, 'parameter'),
    );
    const cards = listAt(component, ['cards']).flatMap((_, card) =>
      unknownKinds(message, [...at, 'cards', card, 'components']),
    );
    return [
      ...kindFaults(message, [...at, 'sub_type'], TEMPLATE_KINDS.buttons, 'button'),
      ...parameters,
      ...cards,
    ];
  });
}

function kindFaults(message: JsonObject, path: Path, known: readonly string[], what: string): MessageFault[] {
  const kind = valueAt(message, path);
  if (typeof kind !== 'string' || known.includes(kind.toLowerCase())) return [];
  const fix = didYouMean(kind.toLowerCase(), known) ?? `known: ${known.join(', ')}`;
  const text = `No ${what} of a template is known that is called so: it goes out as it is`;
  return [{ code: 'W311', path, message: text, fix }];
}

function doubtful(message: JsonObject): MessageFault[] {
  const contacts = listAt(message, ['contacts']).length;
  const { contactsSafe, payloadSafe } = LIMITS;
  const many: MessageFault[] =
    contacts > contactsSafe && contacts <= LIMITS.contacts
      ? [{ code: 'W312', path: ['contacts'], message: doubt(contactsSafe, 'contacts') }]
      : [];
  const long = payloads(message, ['template', 'components'])
    .filter(({ payload }) => payload.length > payloadSafe)
    .map(({ path }) => ({ code: 'W312' as const, path, message: doubt(payloadSafe, 'characters') }));
  const location = valueAt(message, ['location']);
  const isHidden = isRecord(location) && location['address'] !== undefined && location['name'] === undefined;
  return [...many, ...long, ...(isHidden ? [HIDDEN_ADDRESS] : [])];
}

const HIDDEN_ADDRESS: MessageFault = {
  code: 'W313',
  path: ['location', 'address'],
  message: 'The contact does not see the address: WhatsApp shows it only below a `name`',
  fix: 'give the place a `name`',
};

function doubt(max: number, what: string): string {
  return `Meta may refuse it: one of its pages allows ${max} ${what}`;
}

function payloads(message: JsonObject, base: Path): { path: Path; payload: string }[] {
  return listAt(message, base).flatMap((component, index) =>
    listAt(component, ['parameters']).flatMap((parameter, each) => {
      const payload = valueAt(parameter, ['payload']);
      const path = [...base, index, 'parameters', each, 'payload'];
      return typeof payload === 'string' ? [{ path, payload }] : [];
    }),
  );
}
