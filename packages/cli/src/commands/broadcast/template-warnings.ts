import type { Team } from '@alur/bundle';

/** What a person should know whose template nobody could compare with Meta's. */
export function templateWarnings({ tenant, id, templates }: Team, dir: string): string[] {
  if (templates !== undefined) return [];
  const why = `the team ${tenant}/${id} has no pulled templates`;
  return [`the template was compared with nothing, ${why}: alur templates pull --bundle ${dir}`];
}
