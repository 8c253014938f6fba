import { TextEvent, createOptOutMatcher } from '@alur/types';

/** Whether a contact who sends this very word is understood: nothing, symbols alone and over 64 characters never are. */
export function isHeard(word: string): boolean {
  const event = TextEvent.parse({
    evt: '0'.repeat(32),
    tenant: 'any',
    team: 'any',
    number: '0',
    wamid: '',
    at: 0,
    receivedAtMs: 0,
    from: {},
    kind: 'text',
    text: word,
  });
  return createOptOutMatcher({ stop: [word], start: [] })(event) === 'out';
}
