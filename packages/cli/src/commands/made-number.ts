import { randomUUID } from 'node:crypto';
import { makeNumber, type MadeNumber } from '@alur/emulator';
import { CliError } from '../cli-error.ts';

/** The number to play without a bundle, as far as the command line says. */
export interface NumberFlags {
  number?: string;
  displayNumber?: string;
  waba?: string;
  token?: string;
  appSecret?: string;
  verifyToken?: string;
}

/** One number, made up where nothing is given; the same for the same seed. */
export function madeNumber(given: NumberFlags, seed: string = randomUUID()): MadeNumber {
  const made = makeNumber(seed);
  return {
    id: parseId('--number', given.number) ?? made.id,
    displayNumber: given.displayNumber ?? made.displayNumber,
    wabaId: parseId('--waba', given.waba) ?? made.wabaId,
    accessToken: given.token ?? made.accessToken,
    appSecret: given.appSecret ?? made.appSecret,
    verifyToken: given.verifyToken ?? made.verifyToken,
  };
}

function parseId(option: string, text: string | undefined): string | undefined {
  if (text === undefined || /^[0-9]{1,32}$/.test(text)) return text;
  const fix = 'leave it out, and one is made up';
  throw new CliError('usage', `Cannot start the emulator: ${option} must be digits`, fix);
}

/** What a project that shall use the number needs to know, by the names of environment variables. */
export function environmentOf(
  made: MadeNumber,
  { url, webhookUrl }: { url: string; webhookUrl: string | undefined },
): Record<string, string> {
  return {
    GRAPH_BASE_URL: url,
    WHATSAPP_PHONE_NUMBER_ID: made.id,
    WHATSAPP_BUSINESS_ACCOUNT_ID: made.wabaId,
    WHATSAPP_ACCESS_TOKEN: made.accessToken,
    WHATSAPP_APP_SECRET: made.appSecret,
    WHATSAPP_VERIFY_TOKEN: made.verifyToken,
    WHATSAPP_WEBHOOK_URL: webhookUrl ?? '',
  };
}
