import { graphBaseUrl, type Bundle, type BundleError, type Team } from '@alur/bundle';
import type { Tier } from '@alur/types';
import type { GraphClient } from '@alur/whatsapp';
import { CliError } from '../../cli-error.ts';
import type { Io } from '../../io.ts';
import { openGraph } from '../../open-graph.ts';
import { once } from './check.ts';

/** What `alur doctor` was asked for. */
export interface DoctorFlags {
  dir?: string;
  bundle?: string;
  redis?: string;
  tenant?: string;
  team?: string;
  /** A contact's number as a person writes it. */
  contact?: string;
  /** Addresses of ops ports. */
  ops?: string[];
  /** Time for one check. */
  timeout: string;
  fix: boolean;
  offline: boolean;
  strict: boolean;
}

/** The bundle that the visit is to, or why there is none to be had. */
export type ReadBundle = { bundle: Bundle } | { error: BundleError };

/** A bundle with all that its checks share. */
export interface Visit {
  bundle: Bundle;
  /** Those that are enabled and asked for. */
  teams: Team[];
  io: Io;
  timeoutMs: number;
  /** Whether it may mend what it can. */
  fix: boolean;
  graphUrl: string;
  /** Opens the client on the first call; throws `CliError` where this bundle must not, or cannot, go there. */
  graph: () => GraphClient;
  /** Certificates to trust in place of the system's, PEM. */
  ca?: string;
  close: () => void;
}

export function openVisit(bundle: Bundle, flags: DoctorFlags, io: Io, timeoutMs: number): Visit {
  let opened: GraphClient | undefined;
  return {
    bundle,
    teams: teamsOf(bundle, flags),
    io,
    timeoutMs,
    fix: flags.fix,
    graphUrl: graphBaseUrl(bundle, io.env['GRAPH_BASE_URL']),
    graph: once(() => {
      opened = openGraph(bundle, io);
      return opened;
    }),
    close: () => opened?.close(),
  };
}

/** Throws `CliError` for a tenant or team that the bundle does not have. */
function teamsOf({ tenants, dir }: Bundle, { tenant, team }: DoctorFlags): Team[] {
  const found = tenants
    .flatMap((each) => each.teams)
    .filter((each) => (tenant ?? each.tenant) === each.tenant && (team ?? each.id) === each.id);
  if (found.length > 0 || (tenant === undefined && team === undefined))
    return found.filter(({ enabled }) => enabled);
  const message = `Cannot look at team "${tenant ?? '*'}/${team ?? '*'}": bundle "${dir}" has none of that name`;
  throw new CliError('notFound', message, 'give --tenant and --team as they stand in bundle.yaml');
}

/** What Meta tells does not hang on the version that messages are sent with; older ones know fewer fields. */
export const API_VERSION = 'v25.0';

export function nameOf({ tenant, id }: Team): string {
  return `${tenant}/${id}`;
}

/** Where Meta sends the webhooks of a team. */
export function callbackOf({ publicBaseUrl, tenant, id }: Team): string {
  return `${publicBaseUrl}/webhook/whatsapp/${tenant}/${id}`;
}

/** The same, under the address of older setups. */
export function aliasOf({ publicBaseUrl, tenant, id }: Team): string {
  return `${publicBaseUrl}/v1/messaging/ingress/messaging-whatsapp/${tenant}/${id}`;
}

export function secretsFileOf({ tenant, id }: Team): string {
  return `secrets/${tenant}/${id}.json`;
}

/** What `tier` in bundle.yaml stands for a limit of Meta's, such as TIER_10K. */
export const TIER_OF_LIMIT: ReadonlyMap<string, Tier> = new Map([
  ['TIER_250', '250'],
  ['TIER_1K', '1'],
  ['TIER_2K', '2k'],
  ['TIER_10K', '2'],
  ['TIER_100K', '3'],
  ['TIER_UNLIMITED', 'unlimited'],
]);
