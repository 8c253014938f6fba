import { BundleError, readBundle } from '@alur/bundle';
import type { Context, Outcome } from '../../command.ts';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import type { Io } from '../../io.ts';
import { parseDuration } from '../../moments.ts';
import { bundleDirOf } from '../../place.ts';
import { contentChecks, readingChecks } from './checks/bundle-checks.ts';
import { contactChecks } from './checks/contact-checks.ts';
import { graphChecks } from './checks/graph-checks.ts';
import { intakeChecks } from './checks/intake-checks.ts';
import { redisChecks } from './checks/redis-checks.ts';
import { serviceChecks } from './checks/service-checks.ts';
import { webhookChecks } from './checks/webhook-checks.ts';
import type { Check, Line } from './check.ts';
import { openRedisVisit, type RedisVisit } from './redis-visit.ts';
import { countLines, renderLines } from './render-lines.ts';
import { runChecks } from './run-checks.ts';
import { openVisit, type DoctorFlags, type ReadBundle, type Visit } from './visit.ts';

/** `alur doctor`: everything that keeps a business from WhatsApp, looked at in one go. Changes nothing without `--fix`. */
export async function doctor(flags: DoctorFlags, { io, colors }: Context): Promise<Outcome> {
  const timeoutMs = parseDuration('--timeout', flags.timeout);
  const dir = bundleDirOf({ bundle: flags.dir ?? flags.bundle }, io);
  const progress = createProgress(io);
  progress.say(`Looking at ${dir} …`);
  const read = await tryBundle(dir);
  const visit = 'bundle' in read ? openVisit(read.bundle, flags, io, timeoutMs) : undefined;
  const redis = openRedisVisit(flags, io);
  try {
    const checks = [...readingChecks(dir, read), ...checksOf(visit, redis, { flags, timeoutMs })];
    const lines = await runChecks(checks, {
      timeoutMs,
      onLine: (line, done) => progress.say(`${done} of ${checks.length}: ${line.id}`),
    });
    progress.end();
    return outcomeOf(lines, flags, renderLines(lines, colors));
  } finally {
    progress.end();
    visit?.close();
    await redis.close();
  }
}

async function tryBundle(dir: string): Promise<ReadBundle> {
  try {
    // Templates are asked of Meta, so a file of old ones that cannot be read matters to `bundle.flows` alone.
    return { bundle: await readBundle(dir, { withoutTemplates: true }) };
  } catch (error) {
    if (error instanceof BundleError) return { error };
    throw error;
  }
}

interface Given {
  flags: DoctorFlags;
  timeoutMs: number;
}

/** All checks but those of reading the bundle, in the order in which they are shown. */
function checksOf(visit: Visit | undefined, redis: RedisVisit, { flags, timeoutMs }: Given): Check[] {
  const { whole, checks: ofRedis } = redisChecks(redis);
  if (!visit) return ofRedis;
  const content = contentChecks(visit);
  const demo = content.find(({ id }) => id === 'bundle.demo');
  const { bundle } = visit;
  const outside =
    flags.offline || !demo
      ? []
      : [...visit.teams.flatMap((team) => webhookChecks(team, visit)), ...graphChecks(visit, demo)];
  return [
    ...content,
    ...outside,
    ...(flags.contact === undefined ? [] : contactChecks(flags.contact, visit, redis, whole)),
    ...intakeChecks(bundle, redis, whole),
    ...ofRedis,
    ...serviceChecks({ bundle, redis, ops: flags.ops, timeoutMs, redisChecks: ofRedis }),
  ];
}

/** 3 when nothing but the bundle's content is wrong: then mending files is enough. */
function exitOf(bad: readonly Line[]): ExitCode {
  if (bad.length === 0) return EXIT.ok;
  return bad.every(({ id }) => id.startsWith('bundle.')) ? EXIT.invalidInput : EXIT.notReady;
}

function outcomeOf(lines: readonly Line[], { strict }: DoctorFlags, text: string): Outcome {
  const bad = lines.filter(({ status }) => status === 'fail' || (strict && status === 'warn'));
  const message = `${bad.length === 1 ? 'one check' : `${bad.length} checks`} did not come out well: ${[...new Set(bad.map(({ id }) => id))].join(', ')}`;
  return {
    exit: exitOf(bad),
    data: { checks: lines, counts: countLines(lines) },
    text,
    ...(bad.length > 0 && { error: { code: 'unwell', message } }),
  };
}

/** One line on standard error that is written over and over, at a terminal only. */
function createProgress({ isTTY, stderr }: Io): { say: (text: string) => void; end: () => void } {
  if (!isTTY) return { say: () => undefined, end: () => undefined };
  const clear = '\r\u001b[K';
  return { say: (text) => stderr.write(`${clear}${text}`), end: () => stderr.write(clear) };
}
