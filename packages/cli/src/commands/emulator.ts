import { readBundle } from '@alur/bundle';
import { startEmulator, type EmulatorOptions } from '@alur/emulator';
import { CliError } from '../cli-error.ts';
import type { Context, Outcome } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { pathFrom } from '../io.ts';
import { emulatedNumbers, emulatedTemplates } from './bundle-numbers.ts';
import { makeDemo, renderDemo } from './demo-bundle.ts';
import {
  describeEnforce,
  parseSettings,
  type EmulatorFlags,
  type EmulatorSettings,
} from './emulator-settings.ts';
import { environmentOf, madeNumber, type NumberFlags } from './made-number.ts';

export interface EmulatorArguments extends EmulatorFlags, NumberFlags {
  bundle?: string;
  host: string;
  port: string;
  webhookBase?: string;
  webhookUrl?: string;
  publicUrl?: string;
  demoFlows?: string;
  graphBaseUrl?: string;
  allowHost: string[];
}

/** Where ingress listens when nothing else is said. */
const INGRESS = 'http://127.0.0.1:8080';

/** `alur emulator`: runs until the process shall end. Beside a real bundle the demo is idle until then. */
export async function emulator(given: EmulatorArguments, context: Context): Promise<Outcome> {
  const { bundle, demoFlows } = given;
  const settings = parseAll(given);
  if (bundle === undefined && demoFlows !== undefined) {
    const fix = 'add `--bundle DIR`, where the demo shall be';
    throw new CliError('usage', 'Cannot start the emulator: --demo-flows needs a bundle', fix);
  }
  if (bundle === undefined) return playAlone(given, settings, context);
  if (demoFlows === undefined) return playBundle(bundle, given, settings, context);
  const graphBaseUrl = given.graphBaseUrl ?? `http://127.0.0.1:${settings.port}`;
  const publicBaseUrl = settings.webhookBaseUrl ?? INGRESS;
  const demo = await makeDemo({ dir: bundle, flows: demoFlows, graphBaseUrl, publicBaseUrl }, context.io);
  const said = renderDemo(bundle, demo);
  if (demo.kind === 'made') {
    const played = await playBundle(bundle, given, settings, context);
    return { ...played, text: said + played.text };
  }
  const data = { kind: 'idle', reason: demo.kind };
  return { exit: EXIT.ok, data, text: `${said}The emulator is idle.\n`, hold: context.io.untilStopped };
}

interface Settings extends EmulatorSettings {
  host: string;
  port: number;
  allowedHosts: string[];
  webhookBaseUrl?: string;
  webhookUrl?: string;
  publicUrl?: string;
}

function parseAll(given: EmulatorArguments): Settings {
  const address = (option: string, text: string | undefined) =>
    text === undefined ? undefined : parseAddress(option, text);
  const webhookBaseUrl = address('--webhook-base', given.webhookBase);
  const webhookUrl = address('--webhook-url', given.webhookUrl);
  const publicUrl = address('--public-url', given.publicUrl ?? given.graphBaseUrl);
  return {
    host: given.host,
    port: parsePort(given.port),
    allowedHosts: given.allowHost,
    ...(webhookBaseUrl === undefined ? {} : { webhookBaseUrl }),
    ...(webhookUrl === undefined ? {} : { webhookUrl }),
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...parseSettings(given),
  };
}

async function playBundle(
  dir: string,
  given: EmulatorArguments,
  settings: Settings,
  context: Context,
): Promise<Outcome> {
  const bundle = await readBundle(pathFrom(context.io, dir));
  const numbers = emulatedNumbers(bundle);
  const { verifyToken } = given;
  return play(
    {
      webhookBaseUrl: INGRESS,
      ...settings,
      numbers,
      templateDefinitions: emulatedTemplates(bundle),
      ...(verifyToken === undefined ? {} : { verifyToken }),
    },
    context,
  );
}

/** For any project: one number, and all that the project needs to know of it. */
async function playAlone(given: EmulatorArguments, settings: Settings, context: Context): Promise<Outcome> {
  const made = madeNumber(given, settings.seed);
  const { verifyToken, ...number } = made;
  const played = await play({ ...settings, numbers: [number], verifyToken }, context);
  const { webhookUrl, webhookBaseUrl } = settings;
  const routed = webhookBaseUrl && `${webhookBaseUrl}/webhook/whatsapp/default/default`;
  const environment = environmentOf(made, { url: played.data.url, webhookUrl: webhookUrl ?? routed });
  const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}\n`);
  const hint = environment['WHATSAPP_WEBHOOK_URL'] === '' ? NO_WEBHOOK : '';
  // Nothing here is a secret of anybody: the number is made up.
  return {
    ...played,
    data: { ...played.data, displayNumber: number.displayNumber, environment },
    text: `${played.text}Number:    ${number.displayNumber}\n\n${lines.join('')}${hint}`,
  };
}

const NO_WEBHOOK =
  '\nNo webhook is sent yet: start with `--webhook-url URL`, or set one with POST /_emulator/webhook.\n';

interface Running {
  kind: 'running';
  url: string;
  chat: string;
  numbers: string[];
  enforce: EmulatorSettings['enforce'];
}

async function play(
  options: EmulatorOptions & Settings,
  { io }: Context,
): Promise<Outcome & { data: Running }> {
  const running = await startEmulator(options);
  const { url } = running;
  const chat = `${url}/chat`;
  const { enforce } = options;
  return {
    exit: EXIT.ok,
    data: { kind: 'running', url, chat, numbers: options.numbers.map(({ id }) => id), enforce },
    text: `Emulator:  ${url}\nChat page: ${chat}\nLimits:    ${describeEnforce(enforce)}\n`,
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
