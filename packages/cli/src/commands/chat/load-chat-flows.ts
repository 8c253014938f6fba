import { BundleError, optOutMatcher, readBundle } from '@alur/bundle';
import { loadFlows, settingsOf, type Finding, type LoadResult, type SimulationOptions } from '@alur/flow';
import { dirname, relative, resolve, sep } from 'node:path';
import { CliError, type Fault } from '../../cli-error.ts';
import { surroundingsOf, type Surroundings } from '../../flow-surroundings.ts';
import { pathFrom, type Io } from '../../io.ts';
import { readFlowSets, type FlowSet } from '../../read-flow-sets.ts';

export interface ChatFlows {
  flows?: LoadResult['flows'];
  templates?: Surroundings['templates'];
  findings: Finding[];
  /** What is wrong with the bundle; then there are no flows. */
  faults: Fault[];
  /** The folder or files that are talked to. */
  name: string;
  /** Other folders of the bundle. */
  others: string[];
  /** Paths of the flow files. */
  files: string[];
}

/** Reads the flows to talk to: of several sets the one that is asked for, else the first. */
export async function loadChatFlows(
  paths: readonly string[],
  wanted: string | undefined,
  io: Io,
): Promise<ChatFlows> {
  const { sets, faults } = await readFlowSets(paths, io);
  if (faults.length > 0) return { findings: [], faults, name: paths.join(' '), others: [], files: [] };
  const named = sets.filter(({ sources }) => sources.length > 0).map((set) => ({ set, name: nameOf(set) }));
  const [first] = named;
  const chosen =
    wanted === undefined ? first : named.map(({ set }) => partOf(set, wanted, io)).find((part) => part);
  if (!chosen) {
    const known = [...new Set(sets.flatMap(({ sources }) => sources.map(({ path }) => dirname(path))))].join(
      ', ',
    );
    throw new CliError(
      'notFound',
      `There are no flows in "${wanted ?? paths.join(' ')}"`,
      `there are: ${known || 'none'}`,
    );
  }
  const { sources, strict } = chosen.set;
  const others = named.flatMap(({ name }) => (name === chosen.name ? [] : name));
  const files = sources.map(({ path }) => path);
  const around = await surroundingsOf(sources, io);
  const [{ templates, mediaFiles }] = around.all;
  return {
    ...loadFlows(sources, { strict, templates, mediaFiles }),
    ...(templates && { templates }),
    faults,
    name: chosen.name,
    others: wanted === undefined ? others : [],
    files,
  };
}

/** The folder that all files of a set are in. */
function nameOf({ sources }: FlowSet): string {
  const folders = sources.map(({ path }) => dirname(path).split('/'));
  const [first = ['.']] = folders;
  const length = first.findIndex((part, index) => folders.some((folder) => folder[index] !== part));
  return (length === -1 ? first : first.slice(0, length)).join('/') || '.';
}

/** The flows of a set that are in a folder of this name, or under it. */
function partOf(set: FlowSet, wanted: string, io: Io): { set: FlowSet; name: string } | undefined {
  const full = pathFrom(io, wanted);
  const name = wanted.replace(/\/+$/, '');
  const sources = set.sources.filter(({ path }) => {
    const folder = dirname(path);
    return `/${folder}/`.includes(`/${name}/`) || resolve(io.cwd, folder) === full;
  });
  const part = { ...set, sources };
  return sources.length > 0 ? { set: part, name: nameOf(part) } : undefined;
}

/** What the tenant of these flows says beside them; of flows without a bundle that can be read, as in a new bundle. */
export async function settingsFor(
  [path = '.']: readonly string[],
  name: string,
  io: Io,
): Promise<Pick<SimulationOptions, 'optOut' | 'fallbackMessage'>> {
  try {
    const { tenants } = await readBundle(pathFrom(io, path));
    const teams = tenants.flatMap(({ teams: own }) => own);
    const folder = resolve(io.cwd, name);
    const team = teams.find(({ flowsDir }) => !relative(flowsDir, folder).startsWith(`..${sep}`)) ?? teams[0];
    if (!team) return settingsOf();
    const { confirmation, confirmationIn } = team.optOut;
    return {
      optOut: { matcher: optOutMatcher(team.optOut), confirmation, confirmationIn },
      fallbackMessage: team.fallbackMessage,
    };
  } catch (error) {
    // A bundle without its secrets, or no bundle: flows can be talked to all the same.
    if (error instanceof BundleError) return settingsOf();
    throw error;
  }
}
