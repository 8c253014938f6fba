import { importWishes, tenantNumbers } from '@alur/lists';
import { shardOf } from '@alur/store';
import { z } from 'zod';
import { refusal } from '../api-answer.ts';
import { defineRoute } from '../route.ts';
import { readStream } from '../read-stream.ts';

const LIMITS = { bytesMax: 256 * 1024 * 1024, wholeMs: 1_800_000 };

const ImportQuery = z.strictObject({
  strict: z.enum(['true', 'false']).default('false').describe('With one bad line nothing is taken'),
});

const ImportAnswer = z.object({
  /** Lines by which the contact is heard otherwise from now on. */
  taken: z.number(),
  unchanged: z.number(),
  refused: z.number(),
  /** The first hundred; places count from 1. */
  problems: z.array(z.object({ line: z.number(), col: z.number(), message: z.string() })),
});

/** Wishes from elsewhere, a line each. */
export const wishesImport = defineRoute({
  method: 'POST',
  path: 'opt-outs/import',
  name: 'opt-outs-import',
  scope: 'contacts',
  summary: 'Import opt-outs',
  streams: 'text/csv',
  query: ImportQuery,
  example: { stream: 'wa_id,scope,at\n6281234567890,all,2026-03-01T09:30:00Z\n' },
  answers: {
    200: { description: 'Good lines are taken; each bad one is named with its place.', schema: ImportAnswer },
    422: { description: 'The file cannot be used, or a line is bad with `strict`: nothing was taken.' },
  },
  handle: ({ bundle, team, request, query }, { client, shards, now }) => {
    const { tenant, locale } = team;
    const numbers = tenantNumbers(bundle, tenant).map(({ id }) => id);
    const place = { shard: shardOf(tenant, shards), tenant, numbers };
    const strict = query.strict === 'true';
    const country = locale === undefined ? undefined : new Intl.Locale(locale).region;
    const options = { strict, format: 'csv', nowS: Math.floor(now() / 1000), country } as const;
    return readStream(
      request,
      async (body) => {
        const imported = await importWishes(client, place, body, options);
        const { refused, problems } = imported;
        if (imported.stopped === 'file')
          return refusal(422, 'invalid', 'The file cannot be used as it is; nothing was taken', problems);
        if (!strict || refused === 0) return { status: 200, body: imported };
        return refusal(422, 'invalid', `${refused} of the lines are bad; nothing was taken`, problems);
      },
      strict ? LIMITS : { ...LIMITS, kept: 'good lines before that were taken: send the same again' },
    );
  },
});
