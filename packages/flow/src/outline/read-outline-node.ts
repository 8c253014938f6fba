import { readAs } from '@alur/types';
import { z } from 'zod';
import { type ParsedFlow } from '../load/read-flow.ts';
import { type ParsedNode } from '../load/read-node.ts';
import { type YamlPath } from '../load/yaml-file.ts';
import { type OutlineEdge, type OutlineNode } from './outline.ts';
import { nodeTitle, oneLine } from './node-title.ts';

/** A node and the ways from it; where these lead is not looked up yet. */
export interface ReadOutlineNode {
  node: OutlineNode;
  edges: OutlineEdge[];
}

const RawNode = z.looseObject({
  id: z.string(),
  type: z.string().catch('unknown'),
  config: z.record(z.string(), z.unknown()).catch({}),
  next: z.string().optional().catch(undefined),
  to: z.string().optional().catch(undefined),
  on_error: z.string().optional().catch(undefined),
});
type Ways = Pick<z.infer<typeof RawNode>, 'id' | 'next' | 'to' | 'on_error'>;

/** All nodes of a file in its order, also those that have a fault: of these only `next` and `on_error` are known. */
export function readOutlineNodes(flow: ParsedFlow): ReadOutlineNode[] {
  const byPlace = new Map(flow.nodes.map((node) => [node.path.join('.'), node]));
  return flow.frame.nodes.flatMap((value, index) => {
    const path = ['nodes', index];
    const raw = readAs(RawNode, value);
    if (!raw.success) return [];
    const { id, type, config } = raw.data;
    const parsed = byPlace.get(path.join('.'));
    const node = { id, type, title: nodeTitle(config), line: lineOf(flow, [...path, 'id']) };
    return [{ node, edges: parsed ? edgesOf(parsed) : frameEdges(raw.data) }];
  });
}

/** The line, from 1 on, at which what has this path begins. */
export function lineOf({ yaml, file }: ParsedFlow, path: YamlPath): number {
  return file.text.slice(0, yaml.placeOf(path).start).split('\n').length;
}

function frameEdges({ id, next, to, on_error }: Ways): OutlineEdge[] {
  const way = next ?? to;
  return [
    ...(way === undefined ? [] : [{ from: id, target: way, kind: 'next' as const }]),
    ...(on_error === undefined ? [] : [{ from: id, target: on_error, kind: 'error' as const }]),
  ];
}

function edgesOf({ id, next, onError, targets }: ParsedNode): OutlineEdge[] {
  const own = targets.map(({ target, kind, label }): OutlineEdge => ({
    from: id,
    target,
    kind: kind ?? 'next',
    ...(label !== undefined && { label: oneLine(label) }),
  }));
  return [...own, ...frameEdges({ id, next: next?.target, on_error: onError?.target })];
}
