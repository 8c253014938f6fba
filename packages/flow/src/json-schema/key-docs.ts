import { type FlowFrame, type NodeFrame } from '../load/flow-schema.ts';
import { type TestFile } from '../simulate/test-file.ts';

/** What editors say of the keys of a file; the compiler asks for a line for every one. */
export const FILE_KEYS: Readonly<Record<keyof FlowFrame, string>> = {
  name: 'Unique in the bundle: letters, digits, `_` and `-`.',
  version: 'A text in quotes.',
  description: 'For people.',
  variables: 'Values that never change, read as `flow.<name>` or by the bare name.',
  input: 'Names that an event, the API or another flow passes in.',
  config: 'Defaults for the nodes of this file.',
  nodes: 'What the flow does. The first node is where a target leads that names the flow alone.',
  triggers: 'What starts a run.',
};

/** What editors say of the keys of a file of conversation tests. */
export const TEST_FILE_KEYS: Readonly<Record<string, string>> = {
  flows: 'Flow files or folders, from this file on. Without it: all flows beside it.',
  settings: '`fallback_message` and `opt_out`, as in bundle.yaml.',
  at: 'When the clock starts.',
  contact: 'What is known of the contact.',
  state: 'What the conversation remembers already.',
  opted_out: 'What the contact has opted out of.',
  last_message: 'How long ago the contact last wrote, such as 25h. Without it: never.',
  tests: 'Conversations, one after another.',
} satisfies Record<keyof TestFile, string>;

/** The keys that every node may have. */
export const NODE_KEYS: Readonly<Record<KnownKey<NodeFrame>, string>> = {
  id: 'Unique in the file: letters, digits, `_` and `-`.',
  type: 'What the node does.',
  config: 'What the node needs to know, by its type.',
  next: 'Where the run goes on: a node of this file, a flow, or `flow/node`. Without it the run ends here.',
  to: 'Another name of `next`.',
  on_error: 'Where the run goes on when this node fails.',
  output: 'The variable that takes what the node results in.',
  timeout: 'Milliseconds that a node may take which calls something.',
};

/** Keys by name, without those that a loose object takes beside them. */
type KnownKey<T> = keyof { [K in keyof T as string extends K ? never : K]: T[K] };

export const TRIGGER_DOC =
  'Starts a run when an event comes that it takes; `alur validate` prints the order in which triggers are asked.';

export const TYPE_DOC = 'Which events the trigger takes.';
