import { createHash } from 'node:crypto';
import type { JsonSchema } from './named-schemas.ts';
import type { Answer, OpenApi, Operation } from './open-api-type.ts';

const STYLE = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent); }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
h1, h2 { line-height: 1.2; }
h2 { border-top: 1px solid var(--line); margin-top: 2.5rem; padding-top: 1.5rem; }
code, pre { font: 14px/1.45 ui-monospace, monospace; }
pre { border: 1px solid var(--line); border-radius: 6px; overflow: auto; padding: .75rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .5rem .3rem 0; text-align: left; vertical-align: top; }
.scroll { overflow-x: auto; }
.method { font-weight: 700; }
`;

/** What the page may do: show its own style, and nothing else. */
export const DOCS_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The API as a page to read: no script, nothing from elsewhere. */
export function docsPage({ info, paths, components }: OpenApi): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const index = operations.map(({ path, method, operation }) => [
    `<a href="#${safe(operation.operationId)}"><code>${safe(`${method} ${path}`)}</code></a>`,
    safe(operation.summary),
  ]);
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width">',
    `<title>${safe(info.title)}</title><style>${STYLE}</style></head><body>`,
    `<h1>${safe(info.title)}</h1><p>${text(info.description)}</p>`,
    '<p>Every call carries <code>Authorization: Bearer &lt;key&gt;</code>. Its address begins with <code>/v1/{tenant}/{team}</code>.',
    'The same for programs: <a href="openapi.json">openapi.json</a>.</p>',
    table(['path', 'does'], index),
    ...operations.map((each) => section(each, components.responses)),
    '<h2 id="schemas">Schemas</h2>',
    ...Object.entries(components.schemas).map(([name, schema]) => details(name, schema)),
    '</body></html>',
  ].join('\n');
}

interface Shown {
  path: string;
  method: string;
  operation: Operation;
}

function section({ path, method, operation }: Shown, common: Record<string, Answer>): string {
  const { operationId, summary, description, parameters, requestBody, responses } = operation;
  const fields = parameters.map(({ name, in: where, required, description: of = '' }) => [
    `<code>${safe(name)}</code>`,
    safe(where),
    required ? 'yes' : '',
    text(of),
  ]);
  const [body] = Object.entries(requestBody?.content ?? {});
  const types = Object.keys(requestBody?.content ?? {}).map((type) => `<code>${safe(type)}</code>`);
  return [
    `<h2 id="${safe(operationId)}">${safe(summary)}</h2>`,
    `<p><code><span class="method">${safe(method)}</span> ${safe(path)}</code></p><p>${text(description)}</p>`,
    ...(fields.length > 0 ? [table(['parameter', 'in', 'required', 'meaning'], fields)] : []),
    ...(body ? [`<p>Body: ${types.join(' or ')}${schemaLink(body[1].schema)}</p>`] : []),
    `<pre>${safe(curlLine({ path, method, operation }))}</pre>`,
    table(
      ['answer', 'meaning'],
      Object.entries(responses).map(([status, answer]) => answerRow(status, answer, common)),
    ),
  ].join('\n');
}

function answerRow(
  status: string,
  given: Answer | { $ref: string },
  common: Record<string, Answer>,
): string[] {
  const answer = '$ref' in given ? common[given.$ref.split('/').at(-1) ?? ''] : given;
  const [content] = Object.values(answer?.content ?? {});
  return [safe(status), `${text(answer?.description ?? '')}${content ? schemaLink(content.schema) : ''}`];
}

function curlLine({ path, method, operation: { parameters, requestBody } }: Shown): string {
  const address = path.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const shown = parameters.find((each) => each.in === 'path' && each.name === name)?.example;
    return shown ?? whole;
  });
  const query = parameters.flatMap(({ in: where, name, example }) =>
    where === 'query' && example !== undefined ? [`${name}=${encodeURIComponent(example)}`] : [],
  );
  const [body] = Object.entries(requestBody?.content ?? {});
  const url = `"$ALUR_API/v1/default/default${address}${query.length > 0 ? `?${query.join('&')}` : ''}"`;
  return [
    `curl ${method === 'GET' ? '' : `-X ${method} `}${url} -H "Authorization: Bearer $ALUR_KEY"`,
    ...(body ? [`-H 'Content-Type: ${body[0]}' --data-binary ${quoted(body[1].example)}`] : []),
  ].join(' \\\n  ');
}

function quoted(example: unknown): string {
  const said = typeof example === 'string' ? example : JSON.stringify(example ?? {}, null, 2);
  return `'${said.replaceAll("'", String.raw`'\''`)}'`;
}

function schemaLink({ $ref }: JsonSchema): string {
  const name = $ref?.split('/').at(-1);
  return name === undefined ? '' : `, <a href="#schema-${safe(name)}">${safe(name)}</a>`;
}

function details(name: string, schema: JsonSchema): string {
  const json = safe(JSON.stringify(schema, null, 2)).replace(
    /#\/components\/schemas\/(\w+)/g,
    '<a href="#schema-$1">$1</a>',
  );
  return `<h3 id="schema-${safe(name)}">${safe(name)}</h3><details><summary>JSON Schema</summary><pre>${json}</pre></details>`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`;
  const body = rows.map((cells) => row(cells, 'td')).join('\n');
  return `<div class="scroll"><table><thead>${row(head, 'th')}</thead><tbody>${body}</tbody></table></div>`;
}

/** Text with words in backticks. */
function text(words: string): string {
  return safe(words).replace(/`([^`]+)`/g, '<code>$1</code>');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function safe(words: string): string {
  return words.replace(/[&<>"]/g, (char) => ENTITIES[char] ?? char);
}
