import { didYouMean, type TemplateDefinition } from '@alur/types';
import { type DefinitionFault, type Fields, isRecord } from './definition-fault.ts';

type Found = { definition: TemplateDefinition } | { faults: DefinitionFault[] };

const NAME_CHARS_MAX = 64;
const PULL = 'after a change at Meta: `alur templates pull`';

/** The definition that a send names; none and no fault while its name or language is not known yet. */
export function findDefinition(
  send: Fields,
  templates: readonly TemplateDefinition[],
  isComputed: (value: unknown) => boolean = () => false,
): Found {
  const { name, language } = send;
  if (typeof name !== 'string' || isComputed(name)) return { faults: [] };
  const ofName = templates.filter((each) => each.name === name);
  if (ofName.length === 0) {
    const known = [...new Set(templates.map((each) => each.name))];
    const message = 'There is no template of this name among those that were pulled';
    return { faults: [{ code: 'E304', path: ['name'], message, fix: nearName(name, known) ?? PULL }] };
  }
  const code = isRecord(language) ? language['code'] : language;
  if (typeof code !== 'string' || isComputed(code)) return { faults: [] };
  const definition = ofName.find((each) => each.language === code);
  if (definition) return { definition };
  const message = 'The template is not there in this language';
  const fix = `it is there in ${ofName.map((each) => each.language).join(', ')}`;
  const path = typeof language === 'string' ? ['language'] : ['language', 'code'];
  return { faults: [{ code: 'E304', path, message, fix }] };
}

/** A name that is computed may be of any length, and there may be thousands to compare it with. */
function nearName(name: string, known: readonly string[]): string | undefined {
  return name.length <= NAME_CHARS_MAX ? didYouMean(name, known) : undefined;
}

const SENDABLE: ReadonlySet<string> = new Set(['APPROVED', 'FLAGGED', 'REINSTATED', 'UNARCHIVED']);
/** Only a person can bring it out of these. */
const LASTING: ReadonlySet<string> = new Set([
  'REJECTED',
  'DISABLED',
  'DELETED',
  'PENDING_DELETION',
  'ARCHIVED',
  'LIMIT_EXCEEDED',
  'LOCKED',
]);

/** Whether Meta lets the template go, by what was pulled last. */
export function statusFault({ status }: TemplateDefinition): DefinitionFault | undefined {
  const word = status.toUpperCase();
  if (SENDABLE.has(word)) return undefined;
  const isLasting = LASTING.has(word);
  const message = `The template cannot be sent${isLasting ? '' : ' for now'}: its status is ${word}`;
  return { code: isLasting ? 'E305' : 'W301', path: ['name'], message, fix: PULL };
}
