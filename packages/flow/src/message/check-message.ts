import { OutboundMessage } from '@alur/types';
import { type Issue } from '../load/issue.ts';
import { describeIssue } from '../load/issues.ts';
import { type Draft } from './draft-message.ts';

type Path = (string | number)[];

export interface MessageFault {
  /** In the node's config. */
  path: Path;
  aboutKey: boolean;
  message: string;
  fix?: string | undefined;
}

/** Reads a drafted message by WhatsApp's limits, which `OutboundMessage` alone defines. */
export function parseMessage({
  message,
  writtenAt,
}: Draft): { message: OutboundMessage } | { faults: MessageFault[] } {
  const parsed = OutboundMessage.safeParse(message);
  if (parsed.success) return { message: parsed.data };
  return { faults: parsed.error.issues.flatMap((issue) => faultsOf(issue, writtenAt)) };
}

/** What is wrong already, whatever the computed parts will be; and the message, if its fixed parts are right by themselves. */
export function checkFixedParts(
  { message, writtenAt }: Draft,
  computed: readonly Path[],
): { faults: MessageFault[]; message?: OutboundMessage } {
  const parsed = OutboundMessage.safeParse(message);
  if (parsed.success) return { faults: [], message: parsed.data };
  const faults = parsed.error.issues
    .filter((issue) => isCertain(issue, writtenAt(pathOf(issue)), computed))
    .flatMap((issue) => faultsOf(issue, writtenAt));
  return { faults };
}

function faultsOf(issue: Issue, writtenAt: Draft['writtenAt']): MessageFault[] {
  return describeIssue(issue, OutboundMessage).map(({ path, aboutKey, message, fix }) => ({
    path: writtenAt(path),
    aboutKey,
    message,
    fix,
  }));
}

function pathOf(issue: Issue): Path {
  return issue.path.filter((part) => typeof part !== 'symbol');
}

// A computed text only grows, so "too long" is certain; nothing else that depends on it is.
function isCertain(issue: Issue, path: Path, computed: readonly Path[]): boolean {
  const touching = computed.filter((each) => startsWith(path, each) || startsWith(each, path));
  if (touching.length === 0) return true;
  if (touching.some((each) => startsWith(path, each))) {
    return issue.code === 'too_big' && issue.origin === 'string' && path[0] !== 'message';
  }
  return issue.code === 'too_big' || issue.code === 'unrecognized_keys' || issue.code === 'invalid_type';
}

function startsWith(path: Path, start: Path): boolean {
  return start.length <= path.length && start.every((part, index) => path[index] === part);
}
