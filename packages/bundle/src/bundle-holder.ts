import type { Bundle } from './bundle.ts';
import { demoProblems } from './demo-bundle.ts';
import { BundleError, formatProblem } from './problem.ts';
import { readBundle } from './read-bundle.ts';
import { sharedAccountWarnings } from './shared-account.ts';

/** The bundle that a service works with now. */
export interface BundleHolder {
  /** undefined until there is one. */
  current: () => Bundle | undefined;
  /** Why no work can be done: there is no bundle yet. */
  missing: () => string | undefined;
  /** Why the bundle on disk is not in use, if so. */
  problem: () => string | undefined;
  /** `problem`, or what is wrong with media files or app secrets of the bundle that is in use. */
  warning: () => string | undefined;
  /** Reads the folder again; throws and keeps the last good bundle when it has a fault. */
  reload: () => Promise<void>;
  close(): void;
}

const LOOK_EVERY_MS = 1_000;
const META_GRAPH = 'https://graph.facebook.com';

/** A made-up secret would go to Meta, or the other way round. */
export class DemoError extends Error {
  override readonly name = 'DemoError';
  readonly code = 'demo_secret';
  readonly exitCode = 7;
}

/** Where messages are posted: the environment's word, else the bundle's, else Meta. */
export function graphBaseUrl(bundle: Bundle, fromEnvironment: string | undefined): string {
  return fromEnvironment ?? bundle.graphBaseUrl ?? META_GRAPH;
}

/**
 * Reads the bundle and keeps it. A folder without a bundle is waited for, so that services may start before
 * `alur setup` has run; a bundle with faults is refused with all of them (`BundleError`). `onChange` runs after
 * each bundle that was taken, before it is `current`; when it throws, the bundle is not taken.
 */
export async function openBundle(
  dir: string,
  options: {
    /** GRAPH_BASE_URL, where it is set. */
    graphBaseUrl?: string | undefined;
    onChange?: (bundle: Bundle) => Promise<void> | void;
  } = {},
): Promise<BundleHolder> {
  let current: Bundle | undefined;
  let problem: string | undefined;
  let timer: NodeJS.Timeout | undefined;

  const reload = async (): Promise<void> => {
    try {
      const bundle = await readBundle(dir, { before: current });
      const refused = demoProblems(bundle, graphBaseUrl(bundle, options.graphBaseUrl));
      if (refused !== undefined) throw new DemoError(refused);
      await options.onChange?.(bundle);
      current = bundle;
      problem = undefined;
    } catch (error) {
      problem = error instanceof Error ? error.message : 'the bundle cannot be read';
      throw error;
    }
  };
  // Whatever is wrong while we wait is told by `problem`, and looked at again.
  const wait = (): void => {
    timer = setTimeout(() => void reload().catch(wait), LOOK_EVERY_MS);
  };
  await reload().catch((error: unknown) => {
    if (!isMissing(error)) throw error;
    wait();
  });
  return {
    current: () => current,
    missing: () => (current === undefined ? (problem ?? 'no bundle yet') : undefined),
    problem: () => problem,
    warning: () => problem ?? mediaWarning(current) ?? accountWarning(current),
    reload,
    close: () => clearTimeout(timer),
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof BundleError && error.code === 'not_found';
}

function accountWarning(bundle: Bundle | undefined): string | undefined {
  return sharedAccountWarnings(bundle?.tenants.flatMap(({ teams }) => teams) ?? [])[0];
}

function mediaWarning(bundle: Bundle | undefined): string | undefined {
  const [first, ...more] = bundle?.mediaProblems ?? [];
  if (first === undefined) return undefined;
  return `Cannot use ${1 + more.length} of its media files, first ${formatProblem(first)}`;
}
