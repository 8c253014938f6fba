import { describe, expect, test } from '@jest/globals';
import { text } from './testing/said.ts';
import { useStore } from './testing/use-store.ts';

const store = useStore();
const menu = { kind: 'media' as const, media: { type: 'document' as const, file: 'media/menu.pdf' } };
const offer = {
  kind: 'template' as const,
  template: {
    name: 'offer',
    language: { code: 'en' },
    components: [
      { type: 'header' as const, parameters: [{ type: 'image' as const, image: { file: 'media/a.png' } }] },
    ],
  },
};
const TAKEN = ['attempting:', 'pair:', 'tier:', 'admitted:', 'later:'];

describe('claim() of a message that shows files', () => {
  test('asks for them before it takes anything', async () => {
    const ref = await store.sayOne({ message: menu });
    const before = await store.dump(...TAKEN);
    const claimed = await store.claim(ref);
    expect(claimed).toMatchObject({ kind: 'media', alternative: false, body: { message: menu } });
    expect(await store.dump(...TAKEN)).toEqual(before);
    expect(await store.record(ref)).toMatchObject({ state: 'queued', attempt: '0' });
    expect(await store.claim(ref, { media: 'ready' })).toMatchObject({ kind: 'go', attempt: 1 });
  });

  test('says which message goes, when the window is closed', async () => {
    const ref = await store.sayOne({ message: text, outsideWindow: offer }, { heard: false });
    expect(await store.claim(ref)).toMatchObject({ kind: 'media', alternative: true });
    const open = await store.sayOne({ name: 'open', message: menu, outsideWindow: 'skip' });
    expect(await store.claim(open)).toMatchObject({ kind: 'media', alternative: false });
  });

  test('lets it wait where it holds nothing, and come back', async () => {
    const ref = await store.sayOne({ message: menu });
    expect(await store.claim(ref, { media: { laterMs: 700 } })).toMatchObject({
      kind: 'later',
      scope: 'media',
      ms: 700,
    });
    expect(await store.claim(ref, { media: 'ready' })).toMatchObject({ kind: 'no' });
    store.clock.nowMs += 701;
    await store.wake();
    expect(await store.claim(ref)).toMatchObject({ kind: 'media' });
  });

  test('asks only once nothing else holds it', async () => {
    const ref = await store.sayOne({ message: menu }, { heard: false });
    expect(await store.claim(ref)).toMatchObject({ kind: 'ended', reason: 'window_closed' });
  });

  test.each([
    ['plain text', text],
    ['text that speaks of a file', { ...text, text: '{"file":"media/menu.pdf"}' }],
    ['media by its id', { kind: 'media' as const, media: { type: 'image' as const, id: '1' } }],
  ])('does not ask for %s', async (_label, message) => {
    expect(await store.claim(await store.sayOne({ message }))).toMatchObject({ kind: 'go' });
  });
});
