import { addFromFile, type FillReport, type RecipientsFormat } from '@alur/lists';
import { readBroadcast, type BroadcastState } from '@alur/store';
import { z } from 'zod';
import { refusal, type ApiAnswer } from '../api-answer.ts';
import { findBroadcast, NO_BROADCAST, refusedMove } from '../broadcast-answers.ts';
import { readStream } from '../read-stream.ts';
import { defineRoute, type ApiCall, type ApiDeps } from '../route.ts';

const FORMATS: Readonly<Record<string, RecipientsFormat>> = {
  'text/csv': 'csv',
  'application/x-ndjson': 'ndjson',
  'text/plain': 'list',
};

const Report = z.object({
  read: z.number(),
  added: z.number(),
  duplicates: z.number(),
  full: z.number(),
  faulty: z.number(),
  faults_by_code: z.record(z.string(), z.number()),
  faults: z.array(z.object({ line: z.number(), col: z.number(), code: z.string(), message: z.string() })),
  recipients: z.number(),
});

/** Adds recipients to a draft, as they come. */
export const broadcastRecipients = defineRoute({
  method: 'POST',
  path: 'broadcasts/:bid/recipients',
  name: 'broadcast-recipients',
  scope: 'broadcasts',
  summary: 'Add recipients to a draft',
  streams: 'text/csv, application/x-ndjson, text/plain',
  query: z.strictObject({
    /** With `true` a single faulty line keeps all of the file out. */
    strict: z.enum(['true', 'false']).optional(),
  }),
  example: { stream: 'Phone,Order no.\n+62 812-3456-7890,A1\n' },
  answers: {
    200: {
      description:
        'What was added, and the first hundred lines that could not be. Each contact is in once, so a file may be sent again.',
      schema: Report,
    },
    404: { description: 'There is no such broadcast of this team.' },
    409: { description: 'It is no draft any more. `not_now`' },
  },
  handle: async (call, deps) => {
    const found = await findBroadcast(call, deps);
    if (!found) return NO_BROADCAST;
    if (found.broadcast.state !== 'draft') return closed(found.broadcast.state);
    const [type = ''] = (call.request.headers['content-type'] ?? '').split(';', 1);
    const format = FORMATS[type.trim().toLowerCase()] ?? 'csv';
    return readStream(call.request, (body) => add({ ...call, ...found, format, body }, deps));
  },
});

type Adding = ApiCall &
  NonNullable<Awaited<ReturnType<typeof findBroadcast>>> & {
    query: { strict?: 'true' | 'false' | undefined };
    format: RecipientsFormat;
    body: AsyncIterable<Buffer>;
  };

async function add({ team, query, format, ref, broadcast, body }: Adding, deps: ApiDeps): Promise<ApiAnswer> {
  const country = team.locale === undefined ? undefined : new Intl.Locale(team.locale).region;
  const strict = query.strict === 'true';
  const report = await addFromFile(deps.client, ref, body, { plan: broadcast, format, country, strict });
  const now = await readBroadcast(deps.client, ref);
  if (report.stopped === 'closed') return closed(now?.state ?? 'cancelled');
  if (report.stopped === 'file' || (strict && report.faulty > 0))
    return refusal(422, 'invalid', 'The file cannot be used as it is; nothing was added', report.faults);
  return { status: 200, body: shownReport(report, now?.total ?? 0) };
}

function closed(state: BroadcastState): ApiAnswer {
  return refusedMove({ kind: 'no', state }, 'add to') ?? NO_BROADCAST;
}

function shownReport(report: FillReport, recipients: number): z.infer<typeof Report> {
  const { read, added, duplicates, full, faulty, faults, faultCounts } = report;
  return { read, added, duplicates, full, faulty, faults_by_code: faultCounts, faults, recipients };
}
