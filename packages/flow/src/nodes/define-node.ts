import { type InboundEvent, type Json, type MessageEffect, type RunFailure } from '@alur/types';
import { type z } from 'zod';
import { type Expression } from '../expression/compile.ts';
import { type Scope } from '../expression/scope.ts';
import { type Template } from '../expression/template.ts';
import { type FindingCode } from '../finding-codes.ts';
import { type Issue } from '../load/issues.ts';
import { type Tree } from '../load/tree.ts';

/** What a node says of its message; id and class are the run's. */
export type OutgoingMessage = Pick<
  MessageEffect,
  'message' | 'replyTo' | 'retryOnRateLimit' | 'maxRetries' | 'outsideWindow'
>;

/** What one visit of a node does. Everything is optional: a node that does nothing goes on to `next`. */
export interface NodeOutcome {
  messages?: OutgoingMessage[];
  stateChange?: { key: string; value: Json } | { key: string; deleted: true };
  /** Variables that it sets beside the one that `output` names. */
  outputs?: Readonly<Record<string, Json>>;
  /** What `output` and `prev` get. */
  result?: Json;
  /** Another way than `next`. */
  goTo?: string;
  /** For the trace; never the contact's words. */
  note?: string;
}

export interface NodeVisit {
  scope: Scope;
  event: InboundEvent;
}

export type RunNode = (visit: NodeVisit) => NodeOutcome;

/** Ends a node's visit: its `on_error` takes over, or the run fails. `message` never quotes the contact. */
export class NodeFailure extends Error {
  override readonly name = 'NodeFailure';
  readonly code: RunFailure['code'];
  constructor(code: RunFailure['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What a node declares for all to see. */
export interface Declares {
  /** State keys that it sets. */
  state?: readonly string[];
  /** It sets keys that are known at run time only. */
  anyState?: boolean;
  outputs?: readonly string[];
}

type ConfigPath = readonly (string | number)[];

export interface NodeTarget {
  target: string;
  path: ConfigPath;
}

/** What a node needs to be compiled. Paths are relative to its `config`. Faults are reported, never thrown. */
export interface NodeCompiler {
  template: (text: string, path: ConfigPath) => Template;
  condition: (source: string, path: ConfigPath) => Expression | undefined;
  tree: (value: Json, path: ConfigPath) => Tree;
  report: (code: FindingCode, path: ConfigPath, message: string, fix?: string) => void;
  /** From the file's `retry_policy`. */
  maxRetries?: number | undefined;
}

export interface NodeDefinition<Config> {
  type: string;
  doc: string;
  /** As an author writes it, without id and type. */
  example: { config: z.input<z.ZodType<Config>> };
  config: z.ZodType<Config>;
  /** Keys of `config` that may also stand at the node itself. */
  lifted?: readonly string[];
  declares?: (config: Config) => Declares;
  targets?: (config: Config) => NodeTarget[];
  compile: (config: Config, compiler: NodeCompiler) => RunNode;
}

/** A node whose config has been read, whatever its type. */
export interface ReadNode {
  declares: Declares;
  targets: NodeTarget[];
  compile: (compiler: NodeCompiler) => RunNode;
}

export interface NodeType {
  type: string;
  doc: string;
  example: { config: unknown };
  schema: z.ZodType;
  lifted: readonly string[];
  read: (config: unknown) => ReadNode | { issues: readonly Issue[] };
}

/** Closes over the config's type, so that the registry holds nodes of all types alike. */
export function defineNode<Config>(definition: NodeDefinition<Config>): NodeType {
  const { type, doc, example, config: schema, lifted = [], declares, targets, compile } = definition;
  const read: NodeType['read'] = (raw) => {
    const parsed = schema.safeParse(raw);
    if (!parsed.success) return { issues: parsed.error.issues };
    const config = parsed.data;
    return {
      declares: declares?.(config) ?? {},
      targets: targets?.(config) ?? [],
      compile: (compiler) => compile(config, compiler),
    };
  };
  return { type, doc, example, schema, lifted, read };
}
