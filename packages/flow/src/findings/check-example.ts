import { lintTemplates } from '../definitions/lint-templates.ts';
import { type Finding } from '../finding.ts';
import { loadFlows } from '../load-flows.ts';
import { type PassingExample } from './example.ts';

/** What is reported of an example. */
export function checkExample({ files, strict, templates, mediaFiles }: PassingExample): Finding[] {
  const pulled = files.filter(({ path }) => path.endsWith('.json'));
  if (pulled.length > 0) return pulled.flatMap(lintTemplates);
  return loadFlows(files, { strict, templates, mediaFiles }).findings;
}
