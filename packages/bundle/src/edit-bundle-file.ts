import { isDeepStrictEqual } from 'node:util';
import { Document, YAMLMap, YAMLSeq, isMap, isScalar, isSeq, parseDocument, type Node } from 'yaml';
import type { NumberEntry, SubscriberEntry } from './bundle-file.ts';

/** What is to stand in bundle.yaml. A key left out keeps what is there. */
export interface BundleChange {
  top?: { demo?: true; graph_base_url?: string };
  tenant: string;
  team: string;
  settings: {
    enabled: boolean;
    public_base_url: string;
    business_account_id?: string | undefined;
    portfolio_id?: string | undefined;
    locale?: string | undefined;
    fallback_message?: string | undefined;
  };
  number: { [Key in keyof NumberEntry]?: NumberEntry[Key] | undefined } & Pick<
    NumberEntry,
    'phone_number_id'
  >;
  /** The team's `http.allow`, as a whole. */
  httpAllow?: readonly string[];
  /** The team's, as a whole. */
  subscribers?: readonly SubscriberEntry[];
  /** For a number that is new: what `number` leaves out. */
  defaults: Omit<NumberEntry, 'phone_number_id'>;
}

const HEADER = ' Who is served, with what. Secrets are not here: they are in secrets/<tenant>/<team>.json.';

/**
 * Puts one team and number into the text of a valid bundle.yaml (undefined: a new one). Comments and all else that is
 * there stay; a text that says it all already comes back unchanged.
 */
export function editBundleFile(text: string | undefined, change: BundleChange): string {
  const document = text === undefined ? newDocument() : parseDocument(text);
  const before: unknown = document.toJS();
  apply(document, change);
  if (text !== undefined && isDeepStrictEqual(before, document.toJS())) return text;
  return document.toString({ lineWidth: 0 });
}

function newDocument(): Document<Node> {
  const document = new Document<Node>(new YAMLMap());
  document.commentBefore = HEADER;
  return document;
}

function apply(document: Document<Node, boolean>, change: BundleChange): void {
  const root: unknown = document.contents;
  if (!isMap(root)) throw new TypeError('the bundle file was checked to be a map');
  setAll(root, change.top ?? {});
  const tenant = entry(root, 'tenants', 'id', change.tenant).map;
  const team = entry(tenant, 'teams', 'id', change.team).map;
  setAll(team, change.settings);
  if (change.httpAllow) setHttpAllow(document, team, change.httpAllow);
  if (change.subscribers) setSubscribers(document, team, change.subscribers);
  const number = entry(team, 'numbers', 'phone_number_id', change.number.phone_number_id);
  setAll(number.map, number.isNew ? { ...change.defaults, ...defined(change.number) } : change.number);
}

/** The map in the list `list` whose `key` is `name`; made when there is none. */
function entry(parent: YAMLMap, list: string, key: string, name: string): { map: YAMLMap; isNew: boolean } {
  let items = parent.get(list);
  if (!isSeq(items)) {
    items = new YAMLSeq();
    parent.set(list, items);
  }
  if (!isSeq(items)) throw new TypeError(`the bundle file was checked: "${list}" is a list`);
  const found = items.items.find((item) => isMap(item) && written(item.get(key, true)) === name);
  if (isMap(found)) return { map: found, isNew: false };
  const map = new YAMLMap();
  map.set(key, name);
  items.items.push(map);
  return { map, isNew: true };
}

/** A list that says the same stays as it was written, with its comments. */
function setHttpAllow(document: Document<Node, boolean>, team: YAMLMap, hosts: readonly string[]): void {
  const http = team.get('http');
  const now = isMap(http) ? http.get('allow') : undefined;
  const before: unknown = isSeq(now) ? now.toJS(document) : [];
  if (isDeepStrictEqual(before, [...hosts])) return;
  if (isMap(http)) http.set('allow', document.createNode(hosts));
  else team.set('http', document.createNode({ allow: hosts }));
}

/** The same; what stands for its default is left out. */
function setSubscribers(
  document: Document<Node, boolean>,
  team: YAMLMap,
  subscribers: readonly SubscriberEntry[],
): void {
  const isAll = ({ events }: SubscriberEntry) => isDeepStrictEqual(events, ['*']);
  const wanted = subscribers.map((each) => (isAll(each) ? { id: each.id, url: each.url } : each));
  const now = team.get('subscribers');
  const before: unknown = isSeq(now) ? now.toJS(document) : [];
  if (!isDeepStrictEqual(before, wanted)) team.set('subscribers', document.createNode(wanted));
}

function setAll(map: YAMLMap, values: object): void {
  for (const [key, value] of Object.entries(defined(values))) {
    const now = map.get(key, true);
    if (written(now) !== String(value)) map.set(key, value);
  }
}

/** A scalar as it was written: an unquoted id may be too long for a number. */
function written(node: unknown): string | undefined {
  if (!isScalar(node)) return undefined;
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
}

function defined(values: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
