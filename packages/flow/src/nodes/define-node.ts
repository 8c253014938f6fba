import {
  type HttpRequest,
  type HttpResult,
  type InboundEvent,
  type Json,
  type JsonObject,
  type LogEffect,
  type MessageEffect,
  type EmitEffect,
  type OptOutEffect,
  type RunFailure,
  type TagEffect,
  readAs,
} from '@alur/types';
import { type z } from 'zod';
import { type Expression } from '../expression/compile.ts';
import { type Scope } from '../expression/scope.ts';
import { type Template } from '../expression/template.ts';
import { type FindingCode } from '../finding-codes.ts';
import { type Issue } from '../load/issue.ts';
import { type Tree } from '../load/tree.ts';

/** What a node says of its message; id and class are the run's. */
export type OutgoingMessage = Pick<
  MessageEffect,
  'message' | 'replyTo' | 'retryOnRateLimit' | 'maxRetries' | 'outsideWindow'
>;

/** What a node decides beside messages; ids and places are the run's. */
export type NodeEffect =
  OptOutEffect | TagEffect | Omit<EmitEffect, 'id'> | Pick<LogEffect, 'kind' | 'level' | 'message'>;

/** What one visit of a node does. Everything is optional: a node that does nothing goes on to `next`. */
export interface NodeOutcome {
  messages?: OutgoingMessage[];
  effects?: readonly NodeEffect[];
  stateChange?: { key: string; value: Json } | { key: string; deleted: true };
  /** Variables that it sets beside the one that `output` names. */
  outputs?: Readonly<Record<string, Json>>;
  /** What `output` and `prev` get. */
  result?: Json;
  /** Another way than `next`. */
  goTo?: string;
  /** The run ends here, whatever `next` says. */
  ends?: true;
  /** The run stands still here; `resume` decides how it goes on. `until` is in Unix seconds. */
  wait?: { for: 'message' | 'release'; until?: number | undefined };
  /** How often this node's question was answered wrongly so far. */
  tries?: number;
  /** Another flow goes on; with `returns` the run comes back to this node's `next`. */
  call?: { flow: string; input: JsonObject; returns: boolean };
  /** The node needs this answer: it is visited again with it. */
  request?: Omit<HttpRequest, 'key' | 'flow' | 'node'>;
  /** For the trace; never the contact's words. */
  note?: string;
}

export interface NodeVisit {
  scope: Scope;
  event: InboundEvent;
  /** What came of the `request` of this visit. */
  answer?: HttpResult | undefined;
}

/** A visit of a node that the run stood at. */
export interface ResumeVisit extends NodeVisit {
  cause: 'message' | 'timer' | 'release';
  tries: number;
  until: number | undefined;
}

type RunNode = (visit: NodeVisit) => NodeOutcome;

/** A node that is ready to run. */
export interface NodeRun {
  run: RunNode;
  /** Only of nodes that wait. */
  resume?: (visit: ResumeVisit) => NodeOutcome;
}

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
  /** Why its `next` is never taken: it always fails, or always goes another way. */
  leaves?: 'failing' | 'elsewhere' | undefined;
  /** It may fail although nothing of its config is computed. */
  mayFail?: boolean;
  /** The run stands still here. With `untilS` it goes on by itself after so many seconds. */
  waits?: { for: 'message' | 'release'; untilS?: number | undefined };
  /** It sends something that WhatsApp takes in an open window only, and says nothing for a closed one. */
  needsWindow?: boolean;
  /** Names that it passes to the flow that it calls; undefined: not known before it runs. */
  passes?: readonly string[] | undefined;
}

type ConfigPath = readonly (string | number)[];

/** Where a node leads beside `next` and `on_error`. A `call` names a flow, everything else a node. */
export interface NodeTarget {
  target: string;
  path: ConfigPath;
  kind?: 'condition' | 'default' | 'timeout' | 'invalid' | 'call';
  /** For a picture: the condition, the time. */
  label?: string;
  /** The run comes back from a `call`. */
  returns?: boolean;
}

/** What a node needs to be compiled. Paths are relative to its `config`. Faults are reported, never thrown. */
export interface NodeCompiler {
  template: (text: string, path: ConfigPath) => Template;
  /** A template that may name secrets, each alone in its braces. */
  secretTemplate: (text: string, path: ConfigPath) => Template;
  condition: (source: string, path: ConfigPath) => Expression | undefined;
  /** A part of a message: what Meta wants as text is written out. */
  tree: (value: Json, path: ConfigPath) => Tree;
  /** Data: every computed value keeps its type. */
  data: (value: Json, path: ConfigPath) => Tree;
  report: (code: FindingCode, path: ConfigPath, message: string, fix?: string) => void;
  /** From the file's `retry_policy`. */
  maxRetries?: number | undefined;
  /** For I/O: the node's own, else the file's. */
  timeoutMs?: number | undefined;
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
  compile: (config: Config, compiler: NodeCompiler) => RunNode | NodeRun;
}

/** A node whose config has been read, whatever its type. */
export interface ReadNode {
  declares: Declares;
  targets: NodeTarget[];
  compile: (compiler: NodeCompiler) => NodeRun;
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
    const parsed = readAs(schema, raw);
    if (!parsed.success) return { issues: parsed.error.issues };
    const config = parsed.data;
    return {
      declares: declares?.(config) ?? {},
      targets: targets?.(config) ?? [],
      compile: (compiler) => {
        const compiled = compile(config, compiler);
        return typeof compiled === 'function' ? { run: compiled } : compiled;
      },
    };
  };
  return { type, doc, example, schema, lifted, read };
}
