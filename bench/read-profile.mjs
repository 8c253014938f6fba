import { readFileSync } from 'node:fs';

/**
 * What a process spent its time on between two moments of the steady clock (ms), from a `.cpuprofile`:
 * `{busyMs, self, within, parts}`; each of the three maps a name to ms. `self` is time in a function itself, `within` with
 * all that it called, `parts` by package.
 */
export function readProfile(path, { fromMs, toMs }) {
  const profile = JSON.parse(readFileSync(path, 'utf8'));
  const nodes = new Map(
    profile.nodes.map((node) => [node.id, { ...describe(node.callFrame), parent: undefined }]),
  );
  for (const { id, children = [] } of profile.nodes) {
    for (const child of children) nodes.get(child).parent = nodes.get(id);
  }
  const result = { busyMs: 0, self: new Map(), within: new Map(), parts: new Map() };
  let at = profile.startTime;
  profile.samples.forEach((id, index) => {
    const delta = profile.timeDeltas[index];
    at += delta;
    const node = nodes.get(id);
    if (at < fromMs * 1000 || at > toMs * 1000 || node.name === '(idle)') return;
    addSample(result, node, delta / 1000);
  });
  return result;
}

function addSample(result, node, ms) {
  result.busyMs += ms;
  add(result.self, node.name, ms);
  add(result.parts, node.part, ms);
  const seen = new Set();
  for (let each = node; each !== undefined; each = each.parent) seen.add(each.name);
  for (const name of seen) add(result.within, name, ms);
}

function add(map, name, ms) {
  map.set(name, (map.get(name) ?? 0) + ms);
}

function describe({ functionName, url, lineNumber }) {
  const file = decodeURI(url).replace(/^.*\/(?=(?:packages|services|node_modules)\/)/, '');
  const name = functionName || '(anonymous)';
  if (file === '') return { name, part: name.startsWith('(') ? name : 'V8 built-ins' };
  const part =
    /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ??
    /^((?:packages|services)\/[^/]+)/.exec(file)?.[1];
  return { name: `${name} ${file}:${lineNumber + 1}`, part: part ?? file.split('/')[0] };
}
