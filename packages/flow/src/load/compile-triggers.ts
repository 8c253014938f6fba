import { isFromContact, isMessage, type InboundEvent } from '@alur/types';
import { RE2JS } from 're2js';
import { type CompiledTrigger } from '../run/flow-set.ts';
import { type ParsedFlow, type ParsedTrigger } from './read-flow.ts';
import { scheduleOf, scheduleProblem } from './schedule.ts';
import { type Steps } from './steps.ts';
import { type ResolveTarget } from './targets.ts';
import { type Trigger } from './trigger.ts';

interface Ranked extends CompiledTrigger {
  rank: number;
  /** Triggers of one claim take the same events: only the first of them can fire. */
  claims: string[];
  flowFile: ParsedFlow;
  path: ParsedTrigger['path'];
}

/** All triggers in their order of precedence: by class, then files by path, then the order in the file. */
export function* compileTriggers(
  flows: readonly ParsedFlow[],
  resolve: ResolveTarget,
): Steps<CompiledTrigger[]> {
  const byPath = [...flows].sort((a, b) => compareText(a.file.path, b.file.path));
  const all: Ranked[] = [];
  for (const flow of byPath) {
    for (const each of flow.triggers) {
      yield;
      const compiled = compileTrigger(flow, each, resolve);
      if (compiled) all.push(compiled);
    }
  }
  const ordered = all.sort((a, b) => a.rank - b.rank);
  reportShadowed(ordered);
  return ordered.map(({ type, flow, target, entry, accepts, label, schedule }) => ({
    type,
    flow,
    target,
    entry,
    accepts,
    label,
    schedule,
  }));
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compileTrigger(
  flow: ParsedFlow,
  { trigger, path }: ParsedTrigger,
  resolve: ResolveTarget,
): Ranked | undefined {
  const schedule = trigger.type === 'timer' ? scheduleOf(flow.frame.name, trigger) : undefined;
  const accepts = acceptor(trigger, schedule?.id);
  const problem = trigger.type === 'timer' ? scheduleProblem(trigger) : undefined;
  if (!accepts || problem) {
    const { key, ...fault } = problem ?? BAD_PATTERN;
    const code = problem ? 'E115' : 'E114';
    flow.file.report({ code, place: flow.yaml.placeOf([...path, key]), ...fault });
    return undefined;
  }
  return {
    type: trigger.type,
    flow: flow.frame.name,
    target: trigger.target,
    entry: resolve(flow, trigger),
    accepts,
    label: labelOf(trigger),
    schedule,
    rank: rankOf(trigger),
    claims: claimsOf(trigger, schedule?.id),
    flowFile: flow,
    path,
  };
}

const BAD_PATTERN = { key: 'pattern', message: 'The pattern is no regular expression of the RE2 kind' };

function rankOf(trigger: Trigger): number {
  switch (trigger.type) {
    case 'interactive':
      return 1;
    case 'keyword':
      return 3;
    case 'message':
      return trigger.pattern === undefined ? 5 : 4;
    case 'default':
      return 6;
    default:
      return 2;
  }
}

/** undefined: its pattern cannot be read. */
function acceptor(
  trigger: Trigger,
  schedule: string | undefined,
): ((event: InboundEvent) => boolean) | undefined {
  switch (trigger.type) {
    case 'keyword': {
      const words = new Set(trigger.words.map(normalise));
      return (event) => words.has(normalise(textOf(event) ?? ''));
    }
    case 'message':
      return trigger.pattern === undefined
        ? (event) => textOf(event) !== undefined
        : patternAcceptor(trigger.pattern);
    case 'interactive':
      return ({ kind }) => kind === 'interactive' || kind === 'form';
    case 'referral':
      return (event) => isFromContact(event) && event.referral !== undefined;
    case 'event':
      return (event) => event.kind === 'event' && event.eventType === trigger.event_type;
    case 'timer':
      return (event) => event.kind === 'schedule' && event.schedule === schedule;
    case 'default':
      return isMessage;
    default: {
      const { type } = trigger;
      return ({ kind }) => kind === type;
    }
  }
}

function patternAcceptor(pattern: string): ((event: InboundEvent) => boolean) | undefined {
  try {
    const compiled = RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE);
    return (event) => {
      const text = textOf(event);
      return text !== undefined && compiled.matcher(text).find();
    };
  } catch {
    return undefined;
  }
}

/** What an event says in words: its text, or the title of what was tapped. */
function textOf(event: InboundEvent): string | undefined {
  if (event.kind === 'text') return event.text;
  return event.kind === 'interactive' ? event.title : undefined;
}

function normalise(text: string): string {
  return text.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
}

function claimsOf(trigger: Trigger, schedule: string | undefined): string[] {
  switch (trigger.type) {
    case 'keyword':
      return trigger.words.map((word) => `keyword ${normalise(word)}`);
    case 'message':
      return [`message ${trigger.pattern ?? ''}`];
    case 'event':
      return [`event ${trigger.event_type}`];
    case 'timer':
      return [`timer ${schedule ?? ''}`];
    default:
      return [trigger.type];
  }
}

function labelOf(trigger: Trigger): string {
  switch (trigger.type) {
    case 'keyword':
      return `keyword ${trigger.words.join(', ')}`;
    case 'message':
      return trigger.pattern === undefined ? 'message' : `message /${trigger.pattern}/`;
    case 'event':
      return `event ${trigger.event_type}`;
    case 'timer':
      return `timer ${trigger.cron} ${trigger.timezone ?? 'UTC'} for ${trigger.audience.tag}`;
    default:
      return trigger.type;
  }
}

function reportShadowed(ordered: readonly Ranked[]): void {
  const taken = new Map<string, Ranked>();
  for (const trigger of ordered) {
    const earlier = trigger.claims.map((claim) => taken.get(claim));
    for (const claim of trigger.claims) if (!taken.has(claim)) taken.set(claim, trigger);
    const [first] = earlier;
    if (!first || earlier.includes(undefined)) continue;
    trigger.flowFile.file.report({
      code: 'W112',
      place: trigger.flowFile.yaml.placeOf(trigger.path),
      message: `The trigger "${trigger.label}" never fires: the one in flow "${first.flow}" takes its events first`,
    });
  }
}
