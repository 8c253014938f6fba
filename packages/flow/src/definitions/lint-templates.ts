import { TemplateDefinition, readAs } from '@alur/types';
import { type Finding, type FlowSource } from '../finding.ts';
import { valueAt } from '../load/rules/raw-values.ts';
import { openSource } from '../load/source-file.ts';
import { createJsonPlaces } from './json-places.ts';
import { lintParts } from './lint-parts.ts';

/** Nobody mends more of them at once. */
const FINDINGS_MAX = 1_000;

/**
 * W302: what in a file of templates, as `alur templates pull` writes it, is over a limit that Meta documents for definitions. What
 * cannot be read is the bundle's concern, and passed over.
 */
export function lintTemplates({ path, text }: FlowSource): Finding[] {
  const file = openSource({ path, text });
  const templates = valueAt(readJson(text), ['templates']);
  if (!Array.isArray(templates)) return [];
  const placeOf = createJsonPlaces(text);
  for (const [index, raw] of templates.entries()) {
    const parsed = readAs(TemplateDefinition, raw);
    if (!parsed.success) continue;
    const { name, language, components } = parsed.data;
    for (const fault of lintParts(components)) {
      if (file.findings.length >= FINDINGS_MAX) return [...file.findings];
      const place = placeOf(['templates', index, 'components', ...fault.path]);
      file.report({ code: 'W302', place, message: `${fault.message} (\`${name}\`, ${language})` });
    }
  }
  return [...file.findings];
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
