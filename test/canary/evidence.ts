import { createSearch, PERSONAL, SECRETS } from './canaries.ts';
import { watchRedis } from './watch-redis.ts';

// Everything that anybody but the contact, the provider and the operator's own services could see.

/** Kinds of keys whose values are conversations: what people say is there, and nowhere else. */
const HOLDS_PERSONAL = ['inbox', 'conv', 'msg', 'quarantine', 'emitted', 'early', 'recipients'];

export interface Evidence {
  /** Looks at a text that may hold nothing; `secrets` alone where people may stand in it. */
  look(place: string, text: string, holds?: 'nothing' | 'people'): void;
  /** Looks at every command that Redis gets from now on. */
  watch(url: string): void;
  /** What was seen: `place: canary (form)`, each once. */
  findings(): string[];
  counts: { texts: number; characters: number; commands: number };
  /** Kinds of keys that commands named. */
  kinds: Set<string>;
  close(): void;
}

export function createEvidence(): Evidence {
  const findSecrets = createSearch(SECRETS);
  const findPersonal = createSearch(PERSONAL);
  const found = new Set<string>();
  const counts = { texts: 0, characters: 0, commands: 0 };
  const kinds = new Set<string>();
  const watches: (() => void)[] = [];
  const note = (place: string, text: string, holds: 'nothing' | 'people') => {
    const all = [...findSecrets(text), ...(holds === 'nothing' ? findPersonal(text) : [])];
    for (const { canary, form } of all) found.add(`${place}: ${canary} (${form})`);
  };
  const look: Evidence['look'] = (place, text, holds = 'nothing') => {
    counts.texts += 1;
    counts.characters += text.length;
    note(place, text, holds);
  };
  const command = ([name = '', ...args]: string[]) => {
    const verb = name.toLowerCase();
    counts.commands += 1;
    // What a test asks by itself is no evidence.
    if (['auth', 'hello', 'config', 'client', 'info'].includes(verb)) return;
    const isScript = verb === 'eval' || verb === 'evalsha';
    const keys = isScript ? args.slice(2, 2 + Number(args[1])) : keysOf(verb, args);
    for (const key of keys) {
      kinds.add(kindOf(key));
      note(`the key of ${verb} ${kindOf(key)}`, key, 'nothing');
    }
    // A script's arguments show up again in the commands that it runs, each with its key.
    const holds = isScript || HOLDS_PERSONAL.includes(kindOf(keys[0] ?? '')) ? 'people' : 'nothing';
    for (const arg of isScript ? args.slice(2 + Number(args[1])) : args.slice(1)) {
      note(`a value of ${verb} ${isScript ? '' : kindOf(keys[0] ?? '')}`, arg, holds);
    }
  };
  return {
    look,
    watch: (url) => void watches.push(watchRedis(url, command)),
    findings: () => [...found].sort(),
    counts,
    kinds,
    close: () => {
      for (const end of watches) end();
    },
  };
}

/** The keys of a plain command. */
function keysOf(verb: string, args: readonly string[]): string[] {
  if (verb === 'scan' || verb === 'keys') return [];
  if (verb === 'xgroup') return args.slice(1, 2);
  const streams = args.findIndex((arg) => arg.toUpperCase() === 'STREAMS');
  if (verb === 'xread' || verb === 'xreadgroup') return args.slice(streams + 1, streams + 2);
  return args.slice(0, 1);
}

/** `msg` of `{s0}:msg:1f…`; a BullMQ key by its first two parts. */
function kindOf(key: string): string {
  const [first = '', second = ''] = key.split(':');
  return first.startsWith('{s') ? second : `${first}:${second}`;
}
