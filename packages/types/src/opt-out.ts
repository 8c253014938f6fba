import { z } from 'zod';
import { type InboundEvent } from './event.ts';

/** How far an opt-out goes: every message, or marketing alone. */
export const OptOutScope = z.enum(['all', 'marketing']);
export type OptOutScope = z.infer<typeof OptOutScope>;

/** Words and short phrases, written as people write them: case, accents and hyphens make no difference. */
export interface OptOutWords {
  stop: readonly string[];
  start: readonly string[];
}

/**
 * Words of a language, by its code; `en` is understood everywhere, so the others do not repeat it. Meta prescribes none.
 * Words that also answer a question or choose in a menu (END, CANCEL, QUIT, YES, SI, CANCELAR, SAIR, VOLTAR, …) are left
 * out: whoever wants them adds them.
 */
export const OPT_OUT_WORDS: Readonly<Record<string, OptOutWords>> = {
  en: {
    stop: ['STOP', 'STOPALL', 'STOP ALL', 'UNSUBSCRIBE', 'OPTOUT', 'OPT-OUT'],
    start: ['START', 'UNSTOP', 'SUBSCRIBE'],
  },
  id: {
    stop: ['BERHENTI', 'BERHENTI BERLANGGANAN', 'STOP LANGGANAN'],
    start: ['MULAI', 'BERLANGGANAN'],
  },
  pt: {
    stop: ['PARAR', 'PARE', 'DESCADASTRAR', 'DESCADASTRE-ME'],
    start: ['INICIAR', 'CADASTRAR'],
  },
  es: {
    stop: ['BAJA', 'DARME DE BAJA', 'PARAR', 'DESUSCRIBIR', 'DESUSCRIBIRME'],
    start: ['ALTA', 'DARME DE ALTA', 'SUSCRIBIR', 'SUSCRIBIRME'],
  },
  fr: {
    stop: ['ARRÊT', 'ARRÊTER', 'DÉSABONNER', 'ME DÉSABONNER', 'DÉSINSCRIRE'],
    start: ["S'ABONNER", "M'ABONNER", 'ABONNER'],
  },
  de: {
    stop: ['STOPP', 'ABMELDEN', 'ABBESTELLEN'],
    start: ['ANMELDEN', 'ABONNIEREN'],
  },
  it: {
    stop: ['FERMA', 'DISISCRIVI', 'DISISCRIVIMI'],
    start: ['ISCRIVI', 'ISCRIVIMI'],
  },
};

/** What a contact wishes with this event: out, in again, or neither. */
export type OptOutMatcher = (event: InboundEvent) => 'out' | 'in' | undefined;

/** Longer texts are sentences. In UTF-16 units, which also bounds what a match costs. */
const TEXT_MAX = 64;

/**
 * Prepares the words of a tenant (the union of its languages and its own) for all its events. A word counts only as the
 * whole text, or as the whole id or else the title of what was tapped; one that is both stop and start is a stop.
 */
export function createOptOutMatcher({ stop, start }: OptOutWords): OptOutMatcher {
  // A word of symbols alone folds to nothing, and nothing is what every emoji folds to.
  const wishes = new Map([
    ...start.map((word) => [fold(word), 'in'] as const),
    ...stop.map((word) => [fold(word), 'out'] as const),
  ]);
  wishes.delete('');
  const wishOf = (text: string) => (text.length > TEXT_MAX ? undefined : wishes.get(fold(text)));
  return (event) => {
    if (event.kind === 'text') return wishOf(event.text);
    return event.kind === 'interactive' ? (wishOf(event.id) ?? wishOf(event.title)) : undefined;
  };
}

// Punctuation between words stays: "no, quiero" wishes the opposite of "no quiero". Of the combining marks only the
// accents of Latin, Greek and Cyrillic go: in other scripts a mark may be a vowel, and makes another word.
function fold(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f\p{Default_Ignorable_Code_Point}]/gu, '')
    .replace(/[\u2018\u2019\u02bc]/gu, "'")
    .replace(/(?<=\p{L})\p{Pd}(?=\p{L})/gu, ' ')
    .replace(/\s+/gu, ' ')
    .replace(/^[^\p{L}\p{N}\p{M}]+|[^\p{L}\p{N}\p{M}]+$/gu, '');
}
