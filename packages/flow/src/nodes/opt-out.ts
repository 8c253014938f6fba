import { OptOutScope } from '@alur/types';
import { z } from 'zod';
import { defineNode, type NodeType } from './define-node.ts';

const WishConfig = z.strictObject({ scope: OptOutScope.optional() }).optional();
type WishConfig = z.infer<typeof WishConfig>;

/** The contact wants no more messages of the tenant, or none of its marketing; the next reply of the run still goes. */
export const optOut = wishNode(
  'opt_out',
  'out',
  'Opts the contact out of all messages, or of marketing alone.',
);

/** The contact is welcome again. */
export const optIn = wishNode('opt_in', 'in', 'Takes an opt-out back.');

function wishNode(type: string, change: 'out' | 'in', doc: string): NodeType {
  return defineNode<WishConfig>({
    type,
    doc,
    example: { config: { scope: 'marketing' } },
    config: WishConfig,
    compile:
      ({ scope = 'all' } = {}) =>
      () => ({ effects: [{ kind: 'opt_out', change, scope }], note: `opted ${change}: ${scope}` }),
  });
}
