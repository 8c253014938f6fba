import { isTemplateFault } from '@alur/flow';
import type { TemplateDefinition } from '@alur/types';
import { pullTemplates } from '@alur/whatsapp';
import { readFlowSets } from '../../../read-flow-sets.ts';
import { count } from '../../../report.ts';
import { checkSets } from '../../validate.ts';
import { fail, ok, skip, warn, type Check, type Verdict } from '../check.ts';
import { API_VERSION, type Visit } from '../visit.ts';
import type { WabaTarget } from './waba-checks.ts';

/** Whether what flows send as templates is there and approved, in each language, as Meta has it now. */
export function templateCheck(targets: readonly WabaTarget[], visit: Visit, needs: Check[]): Check {
  return { id: 'templates.used', about: '', needs, run: () => checkUsed(targets, visit) };
}

async function checkUsed(targets: readonly WabaTarget[], visit: Visit): Promise<Verdict> {
  const { sets } = await readFlowSets([visit.bundle.dir], visit.io);
  const isUsed = sets.some(({ sources }) => sources.some(({ text }) => text.includes('template')));
  if (!isUsed) return ok('no flow sends one');
  if (targets.length === 0) return skip('no team names its `business_account_id`');
  const pulled = new Map<string, readonly TemplateDefinition[]>();
  for (const { waba, token } of targets) {
    const outcome = await pullTemplates(visit.graph(), { waba, token: token.value, apiVersion: API_VERSION });
    if (outcome.kind !== 'pulled')
      return fail(
        `the templates of WABA ${waba} cannot be read`,
        'run `alur templates pull`, which says why',
      );
    pulled.set(waba, outcome.templates);
  }
  const { checked } = await checkSets(sets, visit.io, pulled);
  const findings = checked.flatMap((set) => set.findings).filter(isTemplateFault);
  const errors = findings.filter(({ severity }) => severity === 'error');
  const first = errors[0] ?? findings[0];
  if (!first)
    return ok(
      `${count([...pulled.values()].flat().length, 'template')} at Meta, and those that flows send are fine`,
    );
  const more = findings.length > 1 ? ` (and ${count(findings.length - 1, 'more finding')})` : '';
  const found = `${first.file}:${first.line}: ${first.message}${more}`;
  return (errors.length > 0 ? fail : warn)(found, 'run `alur templates check --live`, which shows all');
}
