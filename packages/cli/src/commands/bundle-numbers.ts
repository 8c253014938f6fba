import type { Bundle, BusinessNumber, Team } from '@alur/bundle';
import type { EmulatedNumber } from '@alur/emulator';
import { TIERS, type TemplateDefinition } from '@alur/types';
import { CliError } from '../cli-error.ts';

/** What a number without a WhatsApp Business Account ID is played with. */
const NO_ACCOUNT = '0';

/** The numbers of a bundle, as the emulator shall play them. */
export function emulatedNumbers(bundle: Bundle): EmulatedNumber[] {
  const teams = bundle.tenants.flatMap((tenant) => tenant.teams).filter((team) => team.numbers.length > 0);
  if (teams.length === 0) {
    throw new CliError(
      'notReady',
      `Cannot start the emulator: bundle "${bundle.dir}" has no number`,
      'run `alur setup` to add one',
    );
  }
  return teams.flatMap(numbersOf);
}

function numbersOf(team: Team): EmulatedNumber[] {
  const [appSecret] = team.appSecrets;
  if (appSecret === undefined) {
    const subject = `team "${team.tenant}/${team.id}" has no app_secret to sign webhooks with`;
    throw new CliError(
      'notReady',
      `Cannot start the emulator: ${subject}`,
      'add it to the answers and run `alur setup` again',
    );
  }
  return team.numbers.map((number) => ({
    id: number.id,
    displayNumber: `+1555${number.id.slice(-7).padStart(7, '0')}`,
    wabaId: team.businessAccountId ?? NO_ACCOUNT,
    accessToken: number.accessToken,
    appSecret,
    tenant: team.tenant,
    team: team.id,
    ...limitsOf(number),
  }));
}

/** What Meta would hold the number to, by what the bundle says of it. */
function limitsOf(number: BusinessNumber): Partial<EmulatedNumber> {
  const { throughput, tier, tierCounts, tierScope, portfolio } = number;
  const { contactsPerDay } = TIERS[tier];
  return {
    throughput,
    ...(Number.isFinite(contactsPerDay) ? { tierLimit: contactsPerDay } : {}),
    tierCounts,
    ...(tierScope === 'portfolio' && portfolio !== undefined ? { portfolio } : {}),
  };
}

/** The templates of each WABA, as far as they were pulled. */
export function emulatedTemplates(bundle: Bundle): Record<string, TemplateDefinition[]> {
  const teams = bundle.tenants.flatMap((tenant) => tenant.teams);
  return Object.fromEntries(
    teams.flatMap(({ businessAccountId, templates }) =>
      businessAccountId === undefined || templates === undefined ? [] : [[businessAccountId, [...templates]]],
    ),
  );
}
