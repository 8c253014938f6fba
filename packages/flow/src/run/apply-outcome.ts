import { hash, isFromContact, messageId, type JsonObject } from '@alur/types';
import { asObject } from '../json-object.ts';
import { type NodeEffect, type NodeOutcome, type OutgoingMessage } from '../nodes/define-node.ts';
import { BUDGET } from './budget.ts';
import { type CompiledNode } from './flow-set.ts';
import { changesOf, changesProblem, keep } from './kept.ts';
import { changedTags, flowHashOf, keyOf, tagsIn, type Progress } from './progress.ts';

/** Takes in what a node decided, or nothing of it: then it says which limit that would break. */
export function applyOutcome(
  progress: Progress,
  node: CompiledNode,
  outcome: NodeOutcome,
): string | undefined {
  const { messages = [], effects = [], tries } = outcome;
  const changes = changesOf(node, outcome);
  const problem = messagesProblem(progress, messages.length) ?? changesProblem(progress, changes);
  if (problem !== undefined) return problem;
  for (const change of changes) keep(progress, change);
  // A call's result comes when the other flow has ended.
  if (!outcome.call) progress.roots['prev'] = outcome.result ?? null;
  if (tries !== undefined) setTries(progress, node, tries);
  const flowHash = flowHashOf(progress, node.flow);
  for (const [index, message] of messages.entries()) addMessage(progress, flowHash, index, message);
  for (const [index, effect] of effects.entries()) addEffect(progress, node, effect, index);
  return undefined;
}

function messagesProblem({ effects }: Progress, added: number): string | undefined {
  if (added === 0) return undefined;
  const sent = effects.filter(({ kind }) => kind === 'message').length;
  return sent + added > BUDGET.messages ? `more than ${BUDGET.messages} messages in one turn` : undefined;
}

/** A node that failed has no result, and whoever comes back to its question has all attempts again. */
export function forgetFailed(progress: Progress, node: CompiledNode): void {
  progress.roots['prev'] = null;
  setTries(progress, node, 0);
}

/** A flow that is called anew asks its questions anew. */
export function forgetTries(progress: Progress, flow: string): void {
  const others = Object.entries(progress.tries).filter(([key]) => !key.startsWith(`${flow}/`));
  progress.tries = Object.fromEntries(others);
}

function setTries(progress: Progress, node: CompiledNode, tries: number): void {
  const others = Object.entries(progress.tries).filter(([key]) => key !== keyOf(node));
  progress.tries = Object.fromEntries(tries === 0 ? others : [...others, [keyOf(node), tries]]);
}

// Whoever has just written is waiting for an answer; everything else can.
export function addMessage(
  progress: Progress,
  flowHash: string,
  index: number,
  outgoing: OutgoingMessage,
): void {
  const { event, step } = progress;
  progress.effects.push({
    kind: 'message',
    mid: messageId(event.evt, flowHash, step, index),
    class: isFromContact(event) ? 'reply' : 'notification',
    ...outgoing,
  });
}

function addEffect(progress: Progress, node: CompiledNode, effect: NodeEffect, index: number): void {
  const { event, step, effects } = progress;
  switch (effect.kind) {
    case 'log':
      effects.push({ ...effect, flow: node.flow, node: node.node });
      return;
    case 'event':
      effects.push({ ...effect, id: hash('emit', event.evt, flowHashOf(progress, node.flow), step, index) });
      return;
    case 'opt_out':
    case 'tag':
      effects.push(effect);
      changeContact(progress, effect);
  }
}

// What comes after in the same run sees the change.
function changeContact({ roots }: Progress, effect: Extract<NodeEffect, { kind: 'opt_out' | 'tag' }>): void {
  const changed: JsonObject =
    effect.kind === 'tag'
      ? { tags: changedTags(tagsIn(roots), effect) }
      : { opted_out: effect.change === 'out' };
  roots['contact'] = { ...asObject(roots['contact']), ...changed };
}
