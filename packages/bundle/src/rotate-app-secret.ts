import { readAs } from '@alur/types';
import { Token } from './api-keys.ts';
import type { BundleFile } from './bundle-file.ts';
import { findPlace } from './bundle-places.ts';
import { existingSecrets, renderSecrets } from './existing-bundle.ts';
import { BundleError } from './problem.ts';
import { secretsPath, type SecretsFile } from './secrets-file.ts';
import { SECRET, writeFiles } from './write-files.ts';

/** Teams whose secrets were changed, each as `tenant/team`; none when all was so already. */
export interface AppSecretChange {
  teams: string[];
  /** How many secrets verify their webhooks now. */
  secrets: number;
}

type At = { tenant?: string | undefined; team: string };

/**
 * Puts a new app secret before the former ones, which go on verifying webhooks. An app secret is the app's: every team that has the same
 * newest one gets the new one, too. Throws `BundleError`; then nothing was written.
 */
export async function rotateAppSecret(dir: string, at: At, secret: string): Promise<AppSecretChange> {
  if (!readAs(Token, secret).success) {
    const problem = {
      file: 'app_secret',
      message: '`app_secret` must be a secret without spaces',
      fix: 'it is under App settings, Basic, of the Meta app',
    };
    throw new BundleError('invalid_answers', 'Cannot use the new app secret', [problem]);
  }
  return change(dir, at, (former) => [secret, ...former.filter((other) => other !== secret)]);
}

/** Leaves the newest app secret alone: webhooks that are signed with a former one are refused from now on. */
export async function dropAppSecrets(dir: string, at: At): Promise<AppSecretChange> {
  return change(dir, at, (former) => former.slice(0, 1));
}

async function change(dir: string, at: At, edit: (former: string[]) => string[]): Promise<AppSecretChange> {
  const { place, file } = await findPlace(dir, at);
  const all = await secretsOfAll(dir, file);
  const own = all.find(({ tenant, team }) => tenant === place.tenant && team === place.team);
  if (!own) throw missing(dir, place.tenant, at.team);
  const [newest] = own.secrets.app_secret;
  const sharing = all.filter(
    (one) => one === own || (newest !== undefined && one.secrets.app_secret[0] === newest),
  );
  const edited = sharing.map((one) => ({ ...one, now: edit(one.secrets.app_secret) }));
  const changed = edited.filter(({ now, secrets }) => now.join('\n') !== secrets.app_secret.join('\n'));
  await writeFiles(
    dir,
    changed.map(({ tenant, team, secrets, now }) => ({
      path: secretsPath(tenant, team),
      text: renderSecrets({ ...secrets, app_secret: now }),
      ...SECRET,
    })),
    false,
  );
  return {
    teams: changed.map(({ tenant, team }) => `${tenant}/${team}`),
    secrets: edit(own.secrets.app_secret).length,
  };
}

async function secretsOfAll(dir: string, { tenants }: BundleFile) {
  const all: { tenant: string; team: string; secrets: SecretsFile }[] = [];
  for (const { id: tenant, teams } of tenants) {
    for (const { id: team } of teams) {
      const secrets = await existingSecrets(dir, tenant, team);
      if (secrets) all.push({ tenant, team, secrets });
    }
  }
  return all;
}

function missing(dir: string, tenant: string, team: string): BundleError {
  const problem = {
    file: `${dir}/${secretsPath(tenant, team)}`,
    message: 'the secrets of this team are missing',
    fix: `run \`alur setup --tenant ${tenant} --team ${team}\` with its answers`,
  };
  return new BundleError('not_found', `Cannot change bundle "${dir}"`, [problem]);
}
