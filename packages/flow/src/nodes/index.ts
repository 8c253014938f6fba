import { branch } from './branch.ts';
import { type NodeType } from './define-node.ts';
import { reply } from './reply.ts';
import { state } from './state.ts';
import { template } from './template.ts';

/** Every node type that runs. To add one: a file beside this one and its line here. */
export const NODE_TYPES: ReadonlyMap<string, NodeType> = new Map(
  [reply, branch, state, template].map((node) => [node.type, node]),
);

/** In the language, but not run by this version. */
const LATER = ['wait', 'http', 'flow2flow', 'event', 'log', 'error', 'handoff', 'opt_out', 'opt_in', 'tag'];

/** In the language, but not run by this version. A type that is registered above leaves the list by itself. */
export const LATER_TYPES: ReadonlySet<string> = new Set(LATER.filter((type) => !NODE_TYPES.has(type)));

/** Types that other products have, with what to use here instead. */
export const UNSUPPORTED_TYPES: Readonly<Record<string, string>> = {
  llm: 'call a model through a web service of your own',
  script: 'use expressions in branch, state and template nodes',
  'mcp-tool': 'call the tool through a web service of your own',
  fast2flow: 'route with triggers and branch nodes',
  'adaptive-card': 'use a reply with buttons or a list',
};
