import { readBundle, type Bundle, type BusinessNumber, type Team } from '@alur/bundle';
import { startEmulator, type EmulatedNumber } from '@alur/emulator';
import { TIERS } from '@alur/types';
import { CliError } from '../cli-error.ts';
import type { Context, Outcome } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { pathFrom } from '../io.ts';
import { makeDemo, renderDemo } from './demo-bundle.ts';
import {
  describeEnforce,
  parseSettings,
  type EmulatorFlags,
  type EmulatorSettings,
} from './emulator-settings.ts';

export interface EmulatorArguments extends EmulatorFlags {
  bundle: string;
  host: string;
  port: string;
  webhookBase: string;
  demoFlows?: string;
  graphBaseUrl?: string;
  allowHost: string[];
}

/** What a number without a WhatsApp Business Account ID is played with. */
const NO_ACCOUNT = '0';

/** `alur emulator`: runs until the process shall end. Beside a real bundle the demo is idle until then. */
export async function emulator(given: EmulatorArguments, context: Context): Promise<Outcome> {
  const { io } = context;
  const address = {
    port: parsePort(given.port),
    webhookBaseUrl: parseAddress('--webhook-base', given.webhookBase),
  };
  const settings = parseSettings(given);
  if (given.demoFlows === undefined) return play(given, { ...address, ...settings }, context);
  const graphBaseUrl = given.graphBaseUrl ?? `http://127.0.0.1:${address.port}`;
  const { bundle: dir, demoFlows: flows } = given;
  const demo = await makeDemo({ dir, flows, graphBaseUrl, publicBaseUrl: address.webhookBaseUrl }, io);
  const said = renderDemo(dir, demo);
  if (demo.kind === 'made') {
    const played = await play(given, { ...address, ...settings }, context);
    return { ...played, text: said + played.text };
  }
  const data = { kind: 'idle', reason: demo.kind };
  return { exit: EXIT.ok, data, text: `${said}The emulator is idle.\n`, hold: io.untilStopped };
}

interface Settings extends EmulatorSettings {
  port: number;
  webhookBaseUrl: string;
}

async function play(given: EmulatorArguments, settings: Settings, { io }: Context): Promise<Outcome> {
  const bundle = await readBundle(pathFrom(io, given.bundle));
  const numbers = emulatedNumbers(bundle);
  const { host, allowHost: allowedHosts } = given;
  const running = await startEmulator({ ...settings, host, numbers, allowedHosts });
  const { url } = running;
  const chat = `${url}/chat`;
  return {
    exit: EXIT.ok,
    data: {
      kind: 'running',
      url,
      chat,
      numbers: numbers.map((number) => number.id),
      enforce: settings.enforce,
    },
    text: `Emulator:  ${url}\nChat page: ${chat}\nLimits:    ${describeEnforce(settings.enforce)}\n`,
    hold: async () => {
      await io.untilStopped();
      await running.close();
    },
  };
}

function parsePort(text: string): number {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : NaN;
  if (port <= 65_535) return port;
  throw new CliError(
    'usage',
    'Cannot start the emulator: --port must be a number from 0 to 65535',
    'leave it out for 7704',
  );
}

function parseAddress(option: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return text;
  throw new CliError(
    'usage',
    `Cannot start the emulator: ${option} must be an http or https address`,
    'use the form http://127.0.0.1:8080',
  );
}

function emulatedNumbers(bundle: Bundle): EmulatedNumber[] {
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
