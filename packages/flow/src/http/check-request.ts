import { headerNameProblem } from '@alur/types';
import { type NodeCompiler } from '../nodes/define-node.ts';

/** What may stand before the first slash of a path: a scheme and a host that the author chose. */
const FIXED_ORIGIN = /^https?:\/\/[^\s/?#@\\{}]+(?:[/?#]|$)/i;
const OWN_BASE = /^\{\{\s*(?:flow\.[A-Za-z_]\w*|secrets\.[A-Za-z_]\w*)\s*\}\}(?:[/?#]|$)/;

/** Reports an address whose host a contact could choose, or that no call may go to. */
export function checkUrl(url: string, { report }: Pick<NodeCompiler, 'report'>): void {
  const path = ['url'];
  if (/[\s\\]/.test(url.replace(/\{\{.*?\}\}/g, ''))) {
    report('E116', path, 'The address has a space or a backslash in it', 'write %20 for a space');
    return;
  }
  if (OWN_BASE.test(url)) return;
  if (!/^https?:/i.test(url)) {
    const fix =
      'begin with https://, or with {{flow.<variable>}} or {{secrets.<name>}} that holds the base address';
    report('E116', path, 'The address must begin with https://', fix);
    return;
  }
  if (/^https?:\/\/[^/?#]*@/i.test(url)) {
    report(
      'E116',
      path,
      'A user or password in the address would end in logs',
      'use the header `Authorization`',
    );
    return;
  }
  if (!FIXED_ORIGIN.test(url)) {
    report(
      'E116',
      path,
      'The host of the address is computed, so a contact could choose it',
      'write the host out',
    );
  }
}

export function checkHeader(name: string, { report }: Pick<NodeCompiler, 'report'>): void {
  const problem = headerNameProblem(name);
  if (problem === 'malformed') report('E116', ['headers', name], `"${name}" is no name of a header`);
  if (problem !== 'reserved') return;
  report('E116', ['headers', name], `The header "${name}" is written by the runner`, 'leave it out');
}
