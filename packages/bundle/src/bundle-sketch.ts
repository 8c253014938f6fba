import { readAs } from '@alur/types';
import { z } from 'zod';
import { NumberEntry, SubscriberEntry, TeamEntry, TenantEntry } from './bundle-file.ts';
import { isRecord } from './yaml-text.ts';

const map = <S extends z.core.$ZodLooseShape>(shape: S) =>
  z.preprocess((value) => (isRecord(value) ? value : {}), z.object(shape));
// What is in a list is never refused, so only what is no list is caught.
const list = <T extends z.ZodType>(item: T) => z.array(item).catch([]);
const part = <T extends z.ZodType>(schema: T) => schema.nullish().catch(null);

const NumberSketch = map({
  phone_number_id: part(NumberEntry.shape.phone_number_id),
  tier: part(NumberEntry.shape.tier),
  tier_counts: part(NumberEntry.shape.tier_counts),
  tier_scope: part(NumberEntry.shape.tier_scope),
});
const SubscriberSketch = map({ id: part(SubscriberEntry.shape.id) });
const TeamSketch = map({
  id: part(TeamEntry.shape.id),
  portfolio_id: part(TeamEntry.shape.portfolio_id),
  subscribers: list(SubscriberSketch),
  numbers: list(NumberSketch),
});
const TenantSketch = map({ id: part(TenantEntry.shape.id), teams: list(TeamSketch) });

const BundleSketch = map({ tenants: list(TenantSketch) });
export type BundleSketch = z.infer<typeof BundleSketch>;

/**
 * What can be made of a bundle.yaml that may be faulty, so that what its parts say of each other is checked along with the
 * parts. Undefined: left out; null: faulty. Every list keeps its length, so places stay.
 */
export function sketchBundle(value: unknown): BundleSketch {
  return readAs(BundleSketch, value).data ?? { tenants: [] };
}
