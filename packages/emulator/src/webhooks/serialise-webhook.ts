/**
 * JSON as Meta writes it into a webhook: what is not ASCII as lower-case `\uXXXX`, `/` as `\/`, and `@` and `<` as
 * `\u0040` and `\u003C`. The signature covers these very bytes, so a receiver that parses and serialises again before it
 * verifies fails here as it would in production. Source: Meta, "Webhooks", validating payloads.
 */
export function serialiseWebhook(document: unknown): string {
  return JSON.stringify(document).replace(
    /[\u007f-\uffff]|[/@<]/g,
    (char) => ESCAPES[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const ESCAPES: Record<string, string> = { '/': '\\/', '@': '\\u0040', '<': '\\u003C' };
