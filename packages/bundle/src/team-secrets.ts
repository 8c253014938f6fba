import { join } from 'node:path';
import { namesOf } from './api-keys.ts';
import type { TeamEntry } from './bundle-file.ts';
import type { Problem } from './problem.ts';
import {
  permissionProblem,
  readSecrets,
  readTenantSecrets,
  secretsPath,
  subscribersWithoutSecret,
  tenantSecretsPath,
  type SecretsFile,
  type TenantSecretsFile,
} from './secrets-file.ts';

/** What the teams of a tenant have in common; most tenants have none. What is wrong with it goes into `problems`. */
export async function secretsOfTenant(
  dir: string,
  tenant: string,
  problems: Problem[],
): Promise<TenantSecretsFile> {
  const result = await readTenantSecrets(dir, tenant);
  if (result.kind === 'invalid') problems.push(...result.problems);
  if (result.kind !== 'secrets') return { api_keys: [] };
  const permission = permissionProblem(join(dir, tenantSecretsPath(tenant)), result.mode);
  if (permission) problems.push(permission);
  return result.secrets;
}

/** A team's secrets, or undefined where they cannot be read; what is wrong with them goes into `problems`. */
export async function secretsOfTeam(
  dir: string,
  tenant: { id: string; secrets: TenantSecretsFile },
  team: TeamEntry,
  problems: Problem[],
): Promise<SecretsFile | undefined> {
  const file = join(dir, secretsPath(tenant.id, team.id));
  const result = await readSecrets(dir, tenant.id, team.id);
  if (result.kind === 'missing') {
    const fix = `run \`alur setup --tenant ${tenant.id} --team ${team.id}\` with its answers`;
    problems.push({ file, message: 'the secrets of this team are missing', fix });
    return undefined;
  }
  if (result.kind === 'invalid') {
    problems.push(...result.problems);
    return undefined;
  }
  const permission = permissionProblem(file, result.mode);
  if (permission) problems.push(permission);
  problems.push(
    ...missingTokens(file, team, result.secrets),
    ...missingSecrets(file, team, result.secrets),
    ...takenNames(file, tenant.secrets, result.secrets),
  );
  return result.secrets;
}

function missingTokens(file: string, team: TeamEntry, secrets: SecretsFile): Problem[] {
  return team.numbers
    .filter((number) => secrets.access_tokens[number.phone_number_id] === undefined)
    .map((number) => ({
      file,
      message: `\`access_tokens\` has no token for number ${number.phone_number_id}`,
      fix: 'add it, or run `alur setup` with the answers of this number',
    }));
}

/** Without its secret a subscriber could not tell our deliveries from anybody's. */
function missingSecrets(file: string, team: TeamEntry, secrets: SecretsFile): Problem[] {
  return subscribersWithoutSecret(team, secrets).map((id) => ({
    file,
    message: `\`subscriber_secrets\` has no secret for subscriber "${id}"`,
    fix: 'add one of at least 16 characters, such as `openssl rand -hex 32` makes, and give it to the subscriber',
  }));
}

/** Logs and limits know a key by its name alone. */
function takenNames(file: string, tenant: TenantSecretsFile, team: SecretsFile): Problem[] {
  const taken = new Set(namesOf(tenant.api_keys));
  return namesOf(team.api_keys)
    .filter((name) => taken.has(name))
    .map((name) => ({
      file,
      message: `\`api_keys\` has a key named "${name}", as the keys of the whole tenant have`,
      fix: 'give one of the two another name',
    }));
}
