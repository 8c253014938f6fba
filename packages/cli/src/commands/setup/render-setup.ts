import type { SetupResult, TeamSetUp } from '@alur/bundle';
import type { Colors } from '../../io.ts';
import type { SetupArguments } from './setup-arguments.ts';

/** Webhook fields that the app has to be subscribed to: the first is what contacts write, the others keep limits and templates right. */
export const FIELDS_TO_SUBSCRIBE: readonly string[] = [
  'messages',
  'message_template_status_update',
  'message_template_quality_update',
  'phone_number_quality_update',
  'account_update',
  'business_capability_update',
  'user_preferences',
];

/** What setup did, and what is left to do at Meta, with the verify tokens: for a person's eyes only. */
export function renderSetup(given: SetupArguments, result: SetupResult, colors: Colors): string {
  const { dryRun, dir } = given;
  const line = (words: string, path: string) => `  ${colors.green(words)}  ${path}`;
  return `${[
    headline(given, result, colors),
    ...result.created.map((path) => line(dryRun ? 'would create' : 'created', path)),
    ...result.changed.map((path) => line(dryRun ? 'would change' : 'changed', path)),
    ...result.unchanged.map((path) => `  ${colors.dim('unchanged')}  ${path}`),
    ...(dryRun && result.changes.length > 0 ? ['', `${colors.bold('In bundle.yaml')}:`] : []),
    ...(dryRun ? result.changes.map((change) => `  ${change}`) : []),
    '',
    ...(dryRun ? [] : [`${colors.bold('Try its flows')} in the terminal:  alur chat ${dir}`, '']),
    ...manualSteps(result, colors),
    `${colors.bold('Then check it all')}:  ${colors.cyan(`alur doctor ${dir}`)}`,
  ].join('\n')}\n`;
}

function manualSteps({ teams }: SetupResult, colors: Colors): string[] {
  const [first, ...more] = FIELDS_TO_SUBSCRIBE;
  return [
    `${colors.bold('Left to do by hand')}, at developers.facebook.com:`,
    '  1. If there is no app yet: Create app, type Business, add the product WhatsApp.',
    '     Phone number ID and WhatsApp Business Account ID: WhatsApp, API Setup.',
    '     Permanent token: Business settings, System users, with whatsapp_business_messaging and',
    '     whatsapp_business_management. App secret: App settings, Basic.',
    '  2. Start the services (docs/deploy.md), so that Meta can reach ingress.',
    '  3. In the app, WhatsApp, Configuration, enter:',
    ...teams.flatMap((team) => webhookOf(team, teams.length > 1, colors)),
    ...(teams.length > 1
      ? ['     An app has one callback URL: teams of one app need that of one of them only.']
      : []),
    '  4. Press "Verify and save".',
    `  5. Under "Webhook fields", subscribe to:  ${colors.cyan(first ?? '')}`,
    `     and, so that limits and templates are followed:  ${more.join(', ')}`,
    '  6. Publish the app: one in development mode gets test webhooks only.',
    '',
  ];
}

function webhookOf({ tenant, team, callbackUrl, verifyToken }: TeamSetUp, isNamed: boolean, colors: Colors) {
  return [
    ...(isNamed ? [`     Team ${tenant}/${team}`] : []),
    `     Callback URL:  ${colors.cyan(callbackUrl)}`,
    `     Verify token:  ${colors.cyan(verifyToken)}`,
  ];
}

function headline({ dir, dryRun }: SetupArguments, { teams, created, changed }: SetupResult, colors: Colors) {
  const names = teams.map(({ tenant, team }) => `${tenant}/${team}`).join(', ');
  const who = teams.length === 1 ? `team ${names}` : `teams ${names}`;
  if (created.length + changed.length === 0) {
    const verb = teams.length === 1 ? 'is' : 'are';
    return `${colors.bold('Nothing to change')}: ${who} in ${dir} ${verb} as the answers say.`;
  }
  if (dryRun) return `${colors.bold('Dry run')}: nothing was written. ${capital(who)} in ${dir}:`;
  return `${colors.bold('Set up')}: ${who} in ${dir}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
