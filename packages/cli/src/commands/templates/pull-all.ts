import type { Bundle } from '@alur/bundle';
import { pullTemplates, type GraphClient, type LeftOut } from '@alur/whatsapp';
import type { TemplateDefinition } from '@alur/types';
import type { Io } from '../../io.ts';
import { openGraph } from '../../open-graph.ts';
import { pullFailure, type PullFailure } from './pull-failure.ts';
import type { PullTarget } from './pull-targets.ts';

/** What came of one WABA. */
export type Pulled = { target: PullTarget } & (
  | { kind: 'pulled'; templates: TemplateDefinition[]; leftOut: LeftOut[] }
  | { kind: 'failed'; failure: PullFailure }
);

/** Pulls one WABA after the other, and tells on standard error how far it is. A WABA that fails keeps no other from its turn. */
export async function pullAll(bundle: Bundle, targets: readonly PullTarget[], io: Io): Promise<Pulled[]> {
  const graph = openGraph(bundle, io);
  try {
    const all: Pulled[] = [];
    for (const target of targets) all.push(await pullOne(graph, bundle, target, io));
    return all;
  } finally {
    graph.close();
  }
}

async function pullOne(graph: GraphClient, { errors }: Bundle, target: PullTarget, io: Io): Promise<Pulled> {
  const { waba, number } = target;
  const { accessToken: token, apiVersion } = number;
  const onPage = (count: number) => io.stderr.write(`WABA ${waba}: ${count} templates so far\n`);
  const outcome = await pullTemplates(graph, { waba, token, apiVersion, onPage });
  if (outcome.kind !== 'pulled')
    return { target, kind: 'failed', failure: pullFailure(target, outcome, errors) };
  const { templates, leftOut } = outcome;
  return { target, kind: 'pulled', templates, leftOut };
}
