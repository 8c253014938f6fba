import { z } from 'zod';

/**
 * What a key of the HTTP API opens. `send`: messages, events for flows, release of conversations. `read`: conversations, messages, files,
 * wishes. `contacts`: opt-outs, import and export, erasure. `broadcasts`: all of broadcasts.
 */
export const ApiScope = z.enum(['send', 'read', 'contacts', 'broadcasts']);
export type ApiScope = z.infer<typeof ApiScope>;
