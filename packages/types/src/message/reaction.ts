import { z } from 'zod';
import { text } from './parts.ts';

const WAMID_MAX = 512;

// One emoji as Unicode builds it: a flag, a keycap, or pictographs with their skin tones and tags, joined or not.
const PICTOGRAPH = String.raw`\p{Extended_Pictographic}(?:\uFE0F|\p{EMod})?(?:[\u{E0020}-\u{E007E}]+\u{E007F})?`;
const ONE_EMOJI = new RegExp(
  String.raw`^(?:\p{RI}{2}|[0-9#*]\uFE0F?\u20E3|${PICTOGRAPH}(?:\u200D${PICTOGRAPH})*)?$`,
  'u',
);

/** An empty `emoji` takes the reaction back. Source: Meta, "Reaction messages". */
export const ReactionMessage = z.strictObject({
  kind: z.literal('reaction'),
  reaction: z.strictObject({
    messageId: text(WAMID_MAX),
    emoji: z.string().regex(ONE_EMOJI, 'a reaction is one emoji, or empty to take it back'),
  }),
});
