import { Interactive, OutboundMessage, type JsonObject, readAs } from '@alur/types';
import { type FindingCode } from '../finding-codes.ts';
import { type Issue } from '../load/issue.ts';
import { describeIssue } from '../load/issues.ts';
import { valueAt } from '../load/rules/raw-values.ts';
import { optionsOf, valueHint } from '../load/value-hints.ts';
import { type Draft } from './draft-message.ts';

export type Path = (string | number)[];

export interface MessageFault {
  code: FindingCode;
  /** In the node's config. */
  path: Path;
  message: string;
  fix?: string | undefined;
}

/** Reads a drafted message by WhatsApp's limits, which `OutboundMessage` alone defines. */
export function parseMessage(draft: Draft): { message: OutboundMessage } | { faults: MessageFault[] } {
  const parsed = readAs(OutboundMessage, draft.message);
  if (parsed.success) return { message: parsed.data };
  return { faults: parsed.error.issues.flatMap((issue) => faultsOf(issue, draft)) };
}

/** What is wrong already, whatever the computed parts will be; and the message, if its fixed parts are right by themselves. */
export function checkFixedParts(
  draft: Draft,
  computed: readonly Path[],
): { faults: MessageFault[]; message?: OutboundMessage } {
  const parsed = readAs(OutboundMessage, draft.message);
  if (parsed.success) return { faults: [], message: parsed.data };
  const faults = parsed.error.issues
    .filter((issue) => isCertain(issue, draft.writtenAt(pathOf(issue)), computed))
    .flatMap((issue) => faultsOf(issue, draft));
  return { faults };
}

function faultsOf(issue: Issue, { message, writtenAt }: Draft): MessageFault[] {
  return describeIssue(issue, OutboundMessage).map(({ path, aboutKey, message: said, fix, issue: inner }) => {
    const options = isInteractiveType(path) ? optionsOf(inner) : [];
    const hint = aboutKey ? undefined : valueHint(inner, message, path).fix;
    return {
      code: aboutKey ? 'E105' : codeAt(message, path),
      path: writtenAt(path),
      ...(options.length > 0
        ? { message: 'There is no interactive message of this `type`', fix: interactiveFix(hint, options) }
        : { message: said, fix: fix ?? hint }),
    };
  });
}

function isInteractiveType(path: Path): boolean {
  return path.length === 2 && path[0] === 'interactive' && path[1] === 'type';
}

function interactiveFix(hint: string | undefined, options: readonly string[]): string {
  const known = hint === undefined ? `known: ${options.join(', ')}` : hint.replace(/\?$/, '');
  return `${known}; \`raw\` sends one that is not known here`;
}

/** What authors mostly write has E301; Meta's larger objects have codes of their own. */
const PLAIN_INTERACTIVES: ReadonlySet<unknown> = new Set([
  'button',
  'list',
  'cta_url',
  'location_request_message',
] satisfies Interactive['type'][]);
const INTERACTIVES: ReadonlySet<unknown> = new Set(
  Interactive.options.flatMap(({ shape }) => [...shape.type.values]),
);

function codeAt(message: JsonObject, [first, second]: Path): FindingCode {
  if (first === 'template' && second === 'components') return 'E302';
  const type = first === 'interactive' ? valueAt(message, ['interactive', 'type']) : undefined;
  return INTERACTIVES.has(type) && !PLAIN_INTERACTIVES.has(type) ? 'E303' : 'E301';
}

function pathOf(issue: Issue): Path {
  return issue.path.filter((part) => typeof part !== 'symbol');
}

// A computed text only grows, so "too long" is certain, and so is what follows from which members there are; nothing else
// that depends on it is.
function isCertain(issue: Issue, path: Path, computed: readonly Path[]): boolean {
  const touching = computed.filter((each) => startsWith(path, each) || startsWith(each, path));
  if (touching.length === 0 || isStructural(issue)) return true;
  if (touching.some((each) => startsWith(path, each))) {
    return issue.code === 'too_big' && issue.origin === 'string' && path[0] !== 'message';
  }
  return issue.code === 'too_big' || issue.code === 'unrecognized_keys' || issue.code === 'invalid_type';
}

function isStructural(issue: Issue): boolean {
  return issue.code === 'custom' && issue.params?.['structural'] === true;
}

export function startsWith(path: Path, start: Path): boolean {
  return start.length <= path.length && start.every((part, index) => path[index] === part);
}
