import { findNumber, type Bundle } from '@alur/bundle';
import { DEAD_REASONS, type FaultSide } from '@alur/types';
import type { Context, Outcome } from '../../command.ts';
import { describeCode, type CodeNote } from '../../describe-code.ts';
import { EXIT } from '../../exit-code.ts';
import { FAILURE_CLASSES } from '../../failure-classes.ts';
import type { Colors } from '../../io.ts';
import { isoTime, renderMoment } from '../../moments.ts';
import { readPlaceBundle, withPlace, type PlaceFlags } from '../../place.ts';
import { printable } from '../../printable.ts';
import { renderFields, type Field } from '../../render-fields.ts';
import { findLetters, type FoundLetter } from './read-letters.ts';
import { replayNote, type ReplayNote } from './replay-note.ts';

export interface ShowDeadArguments extends PlaceFlags {
  mid: string;
  /** Shows to whom it was and what it said. */
  body: boolean;
}

/** `alur dead show`: all that is known of one dead letter. */
export async function showDead(given: ShowDeadArguments, { io, colors }: Context): Promise<Outcome> {
  const bundle = await readPlaceBundle(given, io);
  return withPlace(given, io, async (place) => {
    const [letter] = await findLetters(place, [given.mid], { withBody: true });
    if (!letter) throw new Error('a letter that was found is gone');
    const known = describeLetter(letter, bundle);
    return {
      exit: EXIT.ok,
      data: toJson(known, given.body),
      text: renderLetter(known, { nowMs: Date.now(), withBody: given.body, colors }),
    };
  });
}

interface KnownLetter {
  letter: FoundLetter;
  /** What its code means; undefined when it has none, or one that nobody knows. */
  code: CodeNote | undefined;
  replay: ReplayNote;
}

function describeLetter(letter: FoundLetter, bundle: Bundle): KnownLetter {
  const number = findNumber(bundle, letter.data.number);
  return { letter, code: describeCode(letter.code, bundle.errors), replay: replayNote(letter, number) };
}

function toJson({ letter, code, replay }: KnownLetter, withBody: boolean) {
  const { mid, diedAtMs, reason, attempts, data, body } = letter;
  const { tenant, team, number, kind, cid, evt, receivedAtMs } = data;
  return {
    mid,
    diedAt: isoTime(diedAtMs),
    receivedAt: isoTime(receivedAtMs),
    tenant,
    team,
    number,
    class: data.class,
    kind,
    cid,
    evt: evt ?? null,
    reason: { name: reason, ...DEAD_REASONS[reason] },
    code: letter.code === '' ? null : { name: letter.code, ...code },
    attempts,
    replay,
    ...(withBody && { body: body ?? null }),
  };
}

const WHOSE: Record<FaultSide, string> = {
  pipeline: 'a fault of the pipeline',
  content: 'a fault of the content',
  recipient: 'a matter of the recipient',
};

interface RenderLetterOptions {
  nowMs: number;
  withBody: boolean;
  colors: Colors;
}

function renderLetter(known: KnownLetter, { nowMs, withBody, colors }: RenderLetterOptions): string {
  const { letter, replay } = known;
  const { mid, diedAtMs, reason, attempts, data } = letter;
  const { side, advice } = DEAD_REASONS[reason];
  const fields: Field[] = [
    ['team', `${data.tenant}/${data.team}`],
    ['number', data.number],
    ['message', `${data.class}, ${data.kind}`],
    ['conversation', data.cid],
    ...causeOf(letter, nowMs),
    ['died', renderMoment(diedAtMs, nowMs)],
    ['attempts', String(attempts)],
    ['reason', `${reason}, ${WHOSE[side]}`, advice],
    ...codeFields(known),
    ['replay', replay.note],
  ];
  return [
    colors.bold(`Dead message ${mid}`),
    ...renderFields(fields, colors),
    ...(withBody ? renderBody(letter, colors) : []),
    '',
  ].join('\n');
}

function causeOf({ data: { evt, receivedAtMs } }: FoundLetter, nowMs: number): Field[] {
  if (evt === undefined) return [];
  const when = receivedAtMs === undefined ? [] : [`received ${renderMoment(receivedAtMs, nowMs)}`];
  return [['event', evt, ...when]];
}

function codeFields({ letter, code }: KnownLetter): Field[] {
  if (letter.code === '') return [];
  if (code === undefined) return [['code', letter.code]];
  const does = code.class === undefined ? [] : [`${code.class}: Alur ${FAILURE_CLASSES[code.class].does}.`];
  const advice = code.advice === undefined ? [] : [code.advice];
  return [['code', `${letter.code}: ${code.title}`, ...does, ...advice]];
}

function renderBody({ body }: FoundLetter, colors: Colors): string[] {
  if (body === undefined) return ['', 'Its content is gone.'];
  const text = JSON.stringify(body, null, 2).split('\n').map(printable);
  return ['', colors.bold('To whom and what (personal data):'), ...text];
}
