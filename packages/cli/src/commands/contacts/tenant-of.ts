import type { Bundle } from '@alur/bundle';
import { CliError } from '../../cli-error.ts';

/** The tenant that a command is about: the one that is named, or the only one. */
export function tenantOf(bundle: Bundle, name: string | undefined): string {
  const ids = bundle.tenants.map(({ id }) => id);
  const [only] = ids;
  if (name === undefined && ids.length === 1 && only !== undefined) return only;
  if (name !== undefined && ids.includes(name)) return name;
  const fix = `name one with --tenant: ${ids.join(', ')}`;
  if (name === undefined)
    throw new CliError('usage', `Cannot choose a tenant: the bundle has ${ids.length}`, fix);
  throw new CliError('notFound', 'No tenant of the bundle has this name', fix);
}
