/** A team, its WABA, and what its app signs webhooks with. */
export interface AccountTeam {
  tenant: string;
  id: string;
  businessAccountId?: string;
  appSecrets: readonly string[];
}

/**
 * Teams with one WABA whose app secrets have nothing in common, a line each: Meta sends the webhooks of a WABA through one app as a rule,
 * and those of the other team's numbers would be refused.
 */
export function sharedAccountWarnings(teams: readonly AccountTeam[]): string[] {
  const first = new Map<string, AccountTeam>();
  return teams.flatMap((team) => {
    const { businessAccountId: waba, appSecrets } = team;
    if (waba === undefined || appSecrets.length === 0) return [];
    const other = first.get(waba) ?? team;
    first.set(waba, other);
    if (other.appSecrets.some((secret) => appSecrets.includes(secret))) return [];
    const names = `${other.tenant}/${other.id} and ${team.tenant}/${team.id}`;
    return [
      `teams ${names} have one \`business_account_id\`, ${waba}, but different app secrets: if one Meta app serves both, give both its app secret`,
    ];
  });
}
