import type { BroadcastPlan, Recipient } from '@alur/store';
import { readAs } from '@alur/types';
import { readPhoneNumber, USER_ID } from '@alur/whatsapp';
import type { ReadRow, RecipientsFormat } from '../rows/read-row.ts';
import { readRows } from '../rows/read-rows.ts';
import { valueRules, type CheckValues } from './value-rules.ts';
import { z } from 'zod';

export const FAULT_CODES = [
  'unreadable',
  'missing_column',
  'no_contact',
  'bad_number',
  'empty_value',
  'bad_value',
] as const;
export type FaultCode = (typeof FAULT_CODES)[number];

/** What keeps a line from being a recipient. Never quotes what it holds. */
export interface RecipientFault {
  line: number;
  col: number;
  code: FaultCode;
  message: string;
}

/** `fatal`: nothing of the file is used. */
export type ReadRecipient =
  | { kind: 'recipient'; line: number; recipient: Recipient }
  | { kind: 'fault'; fault: RecipientFault }
  | { kind: 'fatal'; fault: RecipientFault };

export interface RecipientRules {
  plan: Pick<BroadcastPlan, 'template' | 'ttlS' | 'columns' | 'headings'>;
  /** Two letters, such as `ID`: how local numbers are read. */
  country?: string | undefined;
}

/** Headings that people give to the column of phone numbers, in the order in which they are looked for. */
const CONTACT_HEADINGS = [
  ...[
    'wa_id',
    'phone',
    'phone_number',
    'phone number',
    'whatsapp',
    'whatsapp number',
    'mobile',
    'mobile number',
  ],
  ...[
    'number',
    'msisdn',
    'telephone',
    'tel',
    'to',
    'nomor',
    'no hp',
    'telefone',
    'celular',
    'telefono',
    'teléfono',
  ],
];
const UserId = z.string().regex(USER_ID);

/** Reads recipients one by one, each line on its own: a bad one is told with its place and sinks no other. */
export async function* readRecipients(
  input: AsyncIterable<Uint8Array | string>,
  format: RecipientsFormat,
  rules: RecipientRules,
): AsyncGenerator<ReadRecipient> {
  const check = valueRules(rules.plan, rules.plan.columns);
  let columns: Columns | undefined;
  for await (const row of readRows(input, format)) {
    if (row.kind === 'fatal') {
      yield fatal('unreadable', `Cannot read the file: ${row.message}`);
      return;
    }
    if (row.kind === 'headings') {
      columns = columnsIn(row.headings, rules);
      const missing = missingColumns(columns, rules) ?? doubledColumn(columns, row.headings);
      if (missing !== undefined) {
        yield fatal('missing_column', missing);
        return;
      }
    } else yield recipientOf(row, columns ?? columnsInRow(row, rules), check, rules);
  }
}

function fatal(code: FaultCode, message: string): ReadRecipient {
  return { kind: 'fatal', fault: { line: 1, col: 1, code, message } };
}

/** By which heading the file calls what is needed. */
interface Columns {
  waId: string | undefined;
  userId: string | undefined;
  values: ReadonlyMap<string, string>;
}

function columnsIn(headings: readonly string[], { plan }: RecipientRules): Columns {
  const byName = new Map(headings.map((heading) => [heading.trim().toLowerCase(), heading]));
  const find = (name: string) => byName.get(name.trim().toLowerCase());
  const called = (column: string) => find(headingOf(plan, column) ?? column);
  const waId = headingOf(plan, 'wa_id');
  return {
    waId: waId === undefined ? CONTACT_HEADINGS.map(find).find((each) => each !== undefined) : find(waId),
    userId: called('user_id'),
    values: new Map(
      plan.columns.flatMap((column): [string, string][] => {
        const heading = called(column);
        return heading === undefined ? [] : [[column, heading]];
      }),
    ),
  };
}

/** How the plan says that the file calls a column. */
function headingOf({ headings }: RecipientRules['plan'], column: string): string | undefined {
  return Object.hasOwn(headings, column) ? headings[column] : undefined;
}

// Each object of JSON lines may have other members.
function columnsInRow(row: ReadRow, rules: RecipientRules): Columns {
  return columnsIn(row.kind === 'row' ? [...row.values.keys()] : [], rules);
}

function missingColumns({ waId, userId, values }: Columns, { plan }: RecipientRules): string | undefined {
  const names = plan.columns
    .filter((column) => !values.has(column))
    .map((column) => `\`${headingOf(plan, column) ?? column}\``);
  const called = headingOf(plan, 'wa_id');
  if (waId === undefined && userId === undefined)
    names.unshift(called === undefined ? 'one of phone numbers, such as `phone`' : `\`${called}\``);
  if (names.length === 0) return undefined;
  return `Cannot use the file: it has no column ${names.join(', ')}; rename the heading, or say which column holds it`;
}

/** Nobody knows which of two is meant. */
function doubledColumn({ waId, userId, values }: Columns, headings: readonly string[]): string | undefined {
  const isDoubled = (heading: string | undefined) =>
    headings.filter((each) => each.trim().toLowerCase() === heading?.trim().toLowerCase()).length > 1;
  const doubled = [waId, userId, ...values.values()].find(isDoubled);
  if (doubled === undefined) return undefined;
  return `Cannot use the file: ${headings.indexOf(doubled) + 1} is not the only column with its heading; rename the others`;
}

function recipientOf(
  row: ReadRow,
  columns: Columns,
  check: CheckValues,
  rules: RecipientRules,
): ReadRecipient {
  if (row.kind === 'bad') {
    const { line, col, message } = row;
    return { kind: 'fault', fault: { line, col, code: 'unreadable', message } };
  }
  const at = (heading: string | undefined, code: FaultCode, message: string): ReadRecipient => ({
    kind: 'fault',
    fault: { line: row.line, col: heading === undefined ? 1 : row.col(heading), code, message },
  });
  const written = row.values.get(columns.waId ?? '') ?? '';
  const userId = row.values.get(columns.userId ?? '') ?? '';
  if (written === '' && userId === '')
    return at(columns.waId, 'no_contact', 'there is no phone number and no user id');
  const number = written === '' ? undefined : readPhoneNumber(written, rules.country);
  if (number?.kind === 'refused')
    return at(columns.waId, 'bad_number', `the phone number cannot be used: ${number.reason}`);
  if (userId !== '' && !readAs(UserId, userId).success)
    return at(columns.userId, 'bad_number', 'the user id is none of WhatsApp: `US.13491208655302741918`');
  const values = new Map(
    rules.plan.columns.map((column) => [column, row.values.get(columns.values.get(column) ?? '') ?? '']),
  );
  const fault = check(values);
  if (fault !== undefined) return at(columns.values.get(fault.column ?? ''), fault.code, fault.message);
  const recipient = {
    ...(number !== undefined && { waId: number.waId }),
    ...(userId !== '' && { userId }),
    values: [...values.values()],
  };
  return { kind: 'recipient', line: row.line, recipient };
}
