import { join } from 'node:path';
import type { BundleFile } from './bundle-file.ts';
import { parseBundleFile } from './parse-bundle-file.ts';
import { BundleError } from './problem.ts';
import { BUNDLE_BYTES_MAX, BUNDLE_FILE } from './read-bundle.ts';
import { readText } from './read-text.ts';
import { readSecrets, type SecretsFile } from './secrets-file.ts';

/** bundle.yaml as it stands, or undefined where there is none. Throws `BundleError` when it is there but wrong. */
export async function existingBundleFile(
  dir: string,
): Promise<{ text: string; value: BundleFile } | undefined> {
  const path = join(dir, BUNDLE_FILE);
  const file = await readText(path, BUNDLE_BYTES_MAX);
  if (file.kind === 'missing') return undefined;
  if (file.kind === 'too_large') {
    const problem = { file: path, message: 'the file is over 1 MiB', fix: 'split the bundle' };
    throw new BundleError('invalid_bundle', `Cannot change bundle "${dir}"`, [problem]);
  }
  const parsed = parseBundleFile(path, file.text);
  if (parsed.kind === 'parsed') return { text: file.text, value: parsed.value };
  throw new BundleError('invalid_bundle', `Cannot change bundle "${dir}"`, parsed.problems);
}

/** A team's secrets as they stand, or undefined where there are none. Throws `BundleError` when they are there but wrong. */
export async function existingSecrets(
  dir: string,
  tenant: string,
  team: string,
): Promise<SecretsFile | undefined> {
  const result = await readSecrets(dir, tenant, team);
  if (result.kind === 'secrets') return result.secrets;
  if (result.kind === 'missing') return undefined;
  throw new BundleError('invalid_bundle', `Cannot change bundle "${dir}"`, result.problems);
}

/** The text of a secrets file, without the keys that say what is so anyway. */
export function renderSecrets({
  api_keys,
  flow_secrets,
  subscriber_secrets,
  ...secrets
}: SecretsFile): string {
  const written = {
    ...secrets,
    ...(api_keys.length > 0 && { api_keys }),
    ...(Object.keys(flow_secrets).length > 0 && { flow_secrets }),
    ...(Object.keys(subscriber_secrets).length > 0 && {
      subscriber_secrets: Object.fromEntries(Object.entries(subscriber_secrets).map(oneOrMore)),
    }),
  };
  return `${JSON.stringify(written, null, 2)}\n`;
}

/** A list of one as the text that it was written as. */
function oneOrMore([name, secrets]: [string, string[]]): [string, string | string[]] {
  const [first = '', ...others] = secrets;
  return [name, others.length === 0 ? first : secrets];
}
