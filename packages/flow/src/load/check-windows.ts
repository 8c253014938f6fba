import { handlesCall, mayEnd, mayFail, type Edge, type Graph, type Vertex } from './graph.ts';

// How long ago a contact may have written when a run comes to a node, over all ways to it: an answer is now, a wait that
// runs out adds its time, and a run that no contact began says nothing at all. A reply that may come after a day needs a
// word for a closed window.

const WINDOW_S = 86_400;
/** Every wait counts as so much at least: a circle of short ones comes to a day in few rounds. */
const WAIT_S_MIN = 900;
// A condition that asks for the window is the author's own care for it.
const ASKS_WINDOW = /(?<![.\w])(window\s*\.|last_message_time\b)/;
const QUOTED = /'[^']*'|"[^"]*"/g;

/** Seconds since the contact wrote, at most; Infinity for a day or more. */
type Since = number;

/** Warns of free-form replies that may meet a closed 24-hour window. */
export function checkWindows(graph: Graph, entries: { asked: string[]; unasked: string[] }): void {
  const calls = callsAfter(graph);
  const causes: [string[], Since, string][] = [
    [[...entries.asked, ...entries.unasked], 0, 'after waits of a day or more'],
    [entries.unasked, Infinity, 'when another system or the clock starts it'],
  ];
  const reported = new Set<Vertex>();
  for (const [start, since, when] of causes) {
    for (const [vertex, latest] of latestAt(graph, start, since, calls)) {
      if (latest < WINDOW_S || vertex.node.declares.needsWindow !== true || reported.has(vertex)) continue;
      reported.add(vertex);
      reportReply(vertex, when);
    }
  }
}

function reportReply({ flow, node }: Vertex, when: string): void {
  flow.file.report({
    code: 'W114',
    place: flow.yaml.placeOf([...node.path, 'id']),
    message: `The reply "${node.id}" may meet a closed 24-hour window ${when}, and would not be sent`,
    fix: 'say what goes then: `outside_window: {template: {name: …, language: …}}`, or `skip`',
  });
}

/** What a flow that is called comes to; undefined where it never does. */
interface After {
  end: Since | undefined;
  failure: Since | undefined;
}

type AskCall = (entry: string, since: Since) => After;

/** The latest at which a run that starts so comes to each node. */
function latestAt(
  graph: Graph,
  start: readonly string[],
  since: Since,
  ask: AskCall,
  follows: (edge: Edge) => boolean = () => true,
): Map<Vertex, Since> {
  const latest = new Map<Vertex, Since>();
  const queue = start.map((key): [string, Since] => [key, since]);
  for (let item = queue.pop(); item; item = queue.pop()) {
    const [key, at] = item;
    const vertex = graph.get(key);
    if (!vertex || (latest.get(vertex) ?? -1) >= at) continue;
    latest.set(vertex, at);
    if (asksWindow(vertex)) continue;
    for (const edge of vertex.edges.filter(follows)) {
      const after = sinceAlong(edge, vertex, at, ask);
      if (after !== undefined) queue.push([edge.to, after]);
    }
  }
  return latest;
}

function sinceAlong({ kind }: Edge, vertex: Vertex, since: Since, ask: AskCall): Since | undefined {
  const { waits } = vertex.node.declares;
  if (waits?.for === 'message') return kind === 'timeout' ? later(since, waits.untilS) : 0;
  if (waits) return kind === 'next' ? later(since, waits.untilS) : since;
  if (vertex.calls === undefined || kind === 'call') return since;
  const { end, failure } = ask(vertex.calls, since);
  if (kind === 'back') return end;
  return latestOf(mayFail(vertex) ? since : undefined, handlesCall(vertex) ? failure : undefined);
}

function later(since: Since, seconds = Infinity): Since {
  const after = since + Math.max(seconds, WAIT_S_MIN);
  return after < WINDOW_S ? after : Infinity;
}

function latestOf(...times: (Since | undefined)[]): Since | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function asksWindow({ node }: Vertex): boolean {
  return node.targets.some(
    ({ kind, label = '' }) => kind === 'condition' && ASKS_WINDOW.test(label.replace(QUOTED, '')),
  );
}

function callsAfter(graph: Graph): AskCall {
  const known = new Map<string, After>();
  const ask: AskCall = (entry, since) => {
    const key = `${entry} ${since}`;
    const before = known.get(key);
    if (before) return before;
    // A flow that calls itself comes to an end only by another way.
    known.set(key, { end: undefined, failure: undefined });
    const reached = [...latestAt(graph, [entry], since, ask, ({ kind }) => kind !== 'call')];
    const after = {
      end: latestOf(...reached.map(([vertex, at]) => endAfter(vertex, at, ask))),
      failure: latestOf(...reached.map(([vertex, at]) => failureAfter(vertex, at, ask))),
    };
    known.set(key, after);
    return after;
  };
  return ask;
}

function endAfter(vertex: Vertex, since: Since, ask: AskCall): Since | undefined {
  if (!mayEnd(vertex)) return undefined;
  const { waits } = vertex.node.declares;
  if (waits) return waits.for === 'message' ? 0 : later(since, waits.untilS);
  return vertex.calls === undefined ? since : ask(vertex.calls, since).end;
}

function failureAfter(vertex: Vertex, since: Since, ask: AskCall): Since | undefined {
  const { node, calls } = vertex;
  const own = node.onError === undefined;
  // Answers are what a wait may fail for.
  if (node.declares.waits?.for === 'message') return own ? 0 : undefined;
  const called = calls === undefined || handlesCall(vertex) ? undefined : ask(calls, since).failure;
  return latestOf(own && mayFail(vertex) ? since : undefined, called);
}
