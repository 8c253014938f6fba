import { join } from 'node:path';
import type { BundleFile } from './bundle-file.ts';
import { existingBundleFile } from './existing-bundle.ts';
import { nearest } from './nearest.ts';
import { BundleError } from './problem.ts';
import { BUNDLE_FILE } from './read-bundle.ts';

/** A tenant of a bundle, or a team of it. */
export interface BundlePlace {
  tenant: string;
  team?: string | undefined;
}

/**
 * Makes sure of a place in a bundle; without a tenant it is the only one that there is. Throws `BundleError` (`not_found`) for what is not
 * there, with what may have been meant.
 */
export async function findPlace(
  dir: string,
  { tenant, team }: { tenant?: string | undefined; team?: string | undefined },
): Promise<{ place: BundlePlace; file: BundleFile }> {
  const path = join(dir, BUNDLE_FILE);
  const file = await bundleFileOf(dir);
  const { tenants } = file;
  const [first] = tenants;
  const named = tenant ?? (tenants.length === 1 && first ? first.id : 'default');
  const entry = tenants.find(({ id }) => id === named);
  if (!entry) throw absent(path, 'tenant', named, tenants);
  if (team !== undefined && !entry.teams.some(({ id }) => id === team)) {
    throw absent(path, `tenant "${named}" has no team`, team, entry.teams);
  }
  return { place: { tenant: named, team }, file };
}

/** bundle.yaml, which has to be there. Throws `BundleError`. */
export async function bundleFileOf(dir: string): Promise<BundleFile> {
  const found = await existingBundleFile(dir);
  if (found) return found.value;
  const problem = {
    file: join(dir, BUNDLE_FILE),
    message: 'there is no such file',
    fix: 'make a bundle with `alur setup`',
  };
  throw new BundleError('not_found', `Cannot read bundle "${dir}"`, [problem]);
}

function absent(file: string, what: string, name: string, there: readonly { id: string }[]): BundleError {
  const ids = there.map(({ id }) => id);
  const meant = nearest(name, ids);
  const message = what === 'tenant' ? `there is no tenant "${name}"` : `${what} "${name}"`;
  const fix = meant === undefined ? `there is ${ids.join(', ')}` : `did you mean "${meant}"?`;
  return new BundleError('not_found', 'Cannot change the bundle', [{ file, message, fix }]);
}
