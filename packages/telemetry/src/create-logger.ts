import { type DestinationStream, type Logger, pino } from 'pino';
import { serializeError } from './serialize-error.ts';

export type { Logger };

/** What `LOG_LEVEL` may be. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

// The one list of what a log line never shows, in a field of its own or one object down. Credentials, and
// all that says who somebody is or what they wrote.
const SECRET_FIELDS = [
  'authorization',
  'access_token',
  'accessToken',
  'app_secret',
  'appSecret',
  'verify_token',
  'verifyToken',
  'token',
  'x-hub-signature-256',
];
const PERSONAL_FIELDS = ['text', 'body', 'name', 'waId', 'wa_id', 'userId', 'user_id', 'to', 'from'];
const HIDDEN = [...SECRET_FIELDS, ...PERSONAL_FIELDS];

/**
 * A logger that writes JSON lines: `time` (ISO), `level` (a word), `service`, `pid`, `msg` (the event, such as
 * `delivery.attempted`) and the fields given. One wide line per unit of work. Log errors as `err`.
 * An unknown level becomes `info` with a warning, so that a service can still say what is wrong.
 */
export function createLogger(options: {
  service: string;
  level: string;
  destination?: DestinationStream;
}): Logger {
  const known = LOG_LEVELS.some((level) => level === options.level);
  const settings = {
    level: known ? options.level : 'info',
    base: { service: options.service, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: serializeError, error: serializeError },
    redact: { paths: HIDDEN.flatMap(pathsOf), censor: '[redacted]' },
  };
  const logger = options.destination ? pino(settings, options.destination) : pino(settings);
  if (!known) logger.warn({ variable: 'LOG_LEVEL', expected: LOG_LEVELS }, 'logger.level_unknown');
  return logger;
}

function pathsOf(field: string): string[] {
  return [`["${field}"]`, `*["${field}"]`];
}
