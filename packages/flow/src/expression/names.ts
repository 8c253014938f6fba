// What an expression may name. A closed root has these fields and no others; an open one holds data whose shape
// somebody else decides (Meta, the contact, the flow itself).

const OPEN = 'open';

/** Every root that the engine provides, with its fields. `list` is an alias of `button`. */
const ROOTS: Readonly<Record<string, readonly string[] | typeof OPEN>> = {
  message: ['text', 'id', 'type', 'timestamp'],
  button: ['id', 'title', 'description'],
  list: ['id', 'title', 'description'],
  media: ['type', 'id', 'mime_type', 'sha256', 'caption', 'filename', 'voice', 'animated'],
  location: ['latitude', 'longitude', 'name', 'address', 'url'],
  reaction: ['message_id', 'emoji'],
  context: ['message_id', 'forwarded'],
  contacts: OPEN,
  order: OPEN,
  referral: OPEN,
  form: OPEN,
  contact: ['name', 'wa_id', 'user_id', 'language', 'tags', 'opted_out'],
  last_message_time: [],
  now: [],
  window: ['open', 'expires_at'],
  limits: ['tier', 'remaining'],
  tenant: [],
  team: [],
  number: [],
  prev: OPEN,
};

/** What the flows themselves declare. State is the conversation's, so any file of the set may declare it. */
export interface DeclaredNames {
  state: ReadonlySet<string>;
  /** Whether a `state` node computes its key, so that any name may turn out to be set. */
  anyState: boolean;
  input: ReadonlySet<string>;
  flow: ReadonlySet<string>;
  outputs: ReadonlySet<string>;
}

export interface UnknownName {
  name: string;
  candidates: string[];
}

/** The first part of a path that nothing declares, if there is one. */
export function findUnknown(path: readonly string[], declared: DeclaredNames): UnknownName | undefined {
  const [root = '', field] = path;
  const scoped = scopedNames(root, declared);
  if (scoped)
    return field === undefined ? undefined : missing(`${root}.${field}`, field, scoped, declared, root);
  const fields = Object.hasOwn(ROOTS, root) ? ROOTS[root] : undefined;
  if (fields === undefined) return unknownRoot(root, declared);
  if (fields === OPEN || field === undefined) return undefined;
  if (fields.includes(field)) return undefined;
  return { name: `${root}.${field}`, candidates: fields.map((name) => `${root}.${name}`) };
}

function scopedNames(root: string, declared: DeclaredNames): ReadonlySet<string> | undefined {
  switch (root) {
    case 'state':
      return declared.state;
    case 'input':
      return declared.input;
    case 'flow':
      return declared.flow;
    default:
      return undefined;
  }
}

function missing(
  name: string,
  field: string,
  known: ReadonlySet<string>,
  declared: DeclaredNames,
  root: string,
): UnknownName | undefined {
  if (known.has(field) || (root === 'state' && declared.anyState)) return undefined;
  return { name, candidates: [...known].map((each) => `${root}.${each}`) };
}

function unknownRoot(root: string, declared: DeclaredNames): UnknownName | undefined {
  const bare = new Set([...declared.state, ...declared.input, ...declared.flow, ...declared.outputs]);
  if (bare.has(root) || declared.anyState) return undefined;
  return { name: root, candidates: [...bare, ...Object.keys(ROOTS), 'state', 'input', 'flow'] };
}
