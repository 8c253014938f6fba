/**
 * JSON as Meta writes it into a webhook: what is not ASCII as lower-case `\uXXXX`, `/` as `\/`. The signature
 * covers these very bytes, so a receiver that parses and serialises again before it verifies fails here as it
 * would in production. Source: Meta, "Webhooks", validating payloads.
 */
export function serialiseWebhook(document: unknown): string {
  return JSON.stringify(document).replace(/[\u007f-\uffff]|\//g, (char) =>
    char === '/' ? '\\/' : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
