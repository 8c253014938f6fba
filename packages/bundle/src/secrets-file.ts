import { join } from 'node:path';
import { Slug, readAs } from '@alur/types';
import { z } from 'zod';
import { ApiKeyEntry, ApiKeys, Token } from './api-keys.ts';
import { explainIssues } from './explain-issues.ts';
import type { Problem } from './problem.ts';
import { readText } from './read-text.ts';
import { parseYamlText, type Path } from './yaml-text.ts';

const SECRETS_BYTES_MAX = 65_536;
/** What nobody but the owner may do, and the group at most read: secrets mounted by Kubernetes are the group's to read. */
const FORBIDDEN_MODE = 0o037;

export const VerifyToken = z.string().regex(/^(?=.{1,256}$)\S(.*\S)?$/u);
/** One secret, or several while they are rotated. */
export const AppSecret = z.union([Token.transform((secret) => [secret]), z.array(Token)]);

const FLOW_SECRETS_MAX = 200;
const SUBSCRIBER_SECRET_MIN = 16;
const SUBSCRIBER_SECRETS_MAX = 5;

/** What flows know as `secrets.<name>`: text without control characters. */
export const FlowSecrets = z
  .record(z.string().regex(/^[A-Za-z_]\w{0,63}$/), z.string().regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{1,4096}$/u))
  .refine((secrets) => Object.keys(secrets).length <= FLOW_SECRETS_MAX);

/** What looks like the base64 of a key has to be that. */
const SubscriberSecret = Token.min(SUBSCRIBER_SECRET_MIN).refine((secret) =>
  /^(?!whsec_)|^whsec_[A-Za-z0-9+/]{22,}={0,2}$/.test(secret),
);

/** What deliveries to subscribers are signed with, by their ids: one secret, or some with the newest first. */
export const SubscriberSecrets = z.record(
  Slug,
  z.union([
    SubscriberSecret.transform((secret) => [secret]),
    z.array(SubscriberSecret).min(1).max(SUBSCRIBER_SECRETS_MAX),
  ]),
);

/** secrets/<tenant>/<team>.json. */
export const SecretsFile = z.strictObject({
  verify_token: VerifyToken,
  app_secret: AppSecret.default([]),
  access_tokens: z.record(z.string().regex(/^[0-9]+$/), Token),
  api_keys: ApiKeys.default([]),
  flow_secrets: FlowSecrets.default({}),
  subscriber_secrets: SubscriberSecrets.default({}),
});
export type SecretsFile = z.infer<typeof SecretsFile>;

/** secrets/<tenant>.json: what opens every team of a tenant. */
export const TenantSecretsFile = z.strictObject({ api_keys: ApiKeys.default([]) });
export type TenantSecretsFile = z.infer<typeof TenantSecretsFile>;

/** Where a team's secrets are, inside the bundle. */
export function secretsPath(tenant: string, team: string): string {
  return join('secrets', tenant, `${team}.json`);
}

/** Where the secrets of all teams of a tenant are. */
export function tenantSecretsPath(tenant: string): string {
  return join('secrets', `${tenant}.json`);
}

export type ReadSecrets<T> =
  | { kind: 'secrets'; secrets: T; mode: number; text: string }
  | { kind: 'missing' }
  | { kind: 'invalid'; problems: Problem[] };

/** Reads one team's secrets without judging the file's permissions. Problems name keys, never values. */
export function readSecrets(dir: string, tenant: string, team: string): Promise<ReadSecrets<SecretsFile>> {
  return readAny(join(dir, secretsPath(tenant, team)), SecretsFile);
}

/** The same for what a tenant's teams have in common. */
export function readTenantSecrets(dir: string, tenant: string): Promise<ReadSecrets<TenantSecretsFile>> {
  return readAny(join(dir, tenantSecretsPath(tenant)), TenantSecretsFile);
}

async function readAny<S extends z.ZodObject>(path: string, schema: S): Promise<ReadSecrets<z.infer<S>>> {
  const file = await readText(path, SECRETS_BYTES_MAX);
  if (file.kind === 'missing') return file;
  if (file.kind === 'too_large') {
    const message = `the file is larger than ${SECRETS_BYTES_MAX} bytes`;
    return { kind: 'invalid', problems: [{ file: path, message, fix: 'run `alur setup` to write it anew' }] };
  }
  const source = parseYamlText(path, file.text);
  if (source.problems.length > 0) return { kind: 'invalid', problems: source.problems };
  const parsed = readAs(schema, source.value);
  if (parsed.success) return { kind: 'secrets', secrets: parsed.data, mode: file.mode, text: file.text };
  const known = (at: Path) => Object.keys(at.includes('api_keys') ? ApiKeyEntry.shape : schema.shape);
  return { kind: 'invalid', problems: explainIssues(source, parsed.error.issues, known) };
}

/** Ids of the subscribers of a team whose deliveries could not be signed. */
export function subscribersWithoutSecret(
  { subscribers }: { subscribers: readonly { id: string }[] },
  secrets: SecretsFile,
): string[] {
  // An id may be a word such as "constructor".
  return subscribers.map(({ id }) => id).filter((id) => !Object.hasOwn(secrets.subscriber_secrets, id));
}

/** What is wrong with who may read the secrets file at `path`, if anything. */
export function permissionProblem(path: string, mode: number): Problem | undefined {
  if ((mode & FORBIDDEN_MODE) === 0) return undefined;
  return {
    file: path,
    message: `others may read or change it (mode ${mode.toString(8)})`,
    fix: `chmod 600 ${path}`,
  };
}
