import { branch } from './branch.ts';
import { type NodeType } from './define-node.ts';
import { error } from './error.ts';
import { event } from './event.ts';
import { flow2flow } from './flow2flow.ts';
import { handoff } from './handoff.ts';
import { http } from './http.ts';
import { log } from './log.ts';
import { optIn, optOut } from './opt-out.ts';
import { reply } from './reply.ts';
import { state } from './state.ts';
import { tag } from './tag.ts';
import { template } from './template.ts';
import { wait } from './wait.ts';

/** Every node type, in the order of the documentation. To add one: a file beside this one and its line here. */
export const NODE_TYPES: ReadonlyMap<string, NodeType> = new Map(
  [reply, branch, wait, state, template, http, flow2flow, event, log, error, handoff, optOut, optIn, tag].map(
    (node) => [node.type, node],
  ),
);

/** Types that other products have, with what to use here instead. */
export const UNSUPPORTED_TYPES: Readonly<Record<string, string>> = {
  llm: 'call a model through an `http` node',
  script: 'use expressions in branch, state and template nodes',
  'mcp-tool': 'call the tool through an `http` node',
  fast2flow: 'route with triggers and branch nodes',
  'adaptive-card': 'use a reply with buttons or a list',
};
