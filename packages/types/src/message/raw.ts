import { z } from 'zod';
import { Json } from '../json.ts';
import { limitRows } from './limit.ts';

export const RAW_LIMITS = { rawBytes: 32_768 } as const;
export const RAW_ROWS = limitRows('raw', 'Alur', RAW_LIMITS, {
  rawBytes: { ours: 'bytes of a raw message' },
});

/** A Graph message object as it is; only `type` and its size are checked. What Meta adds later is sayable by it. */
export const RawMessage = z.strictObject({
  kind: z.literal('raw'),
  raw: z
    .record(z.string(), Json)
    .refine((raw) => typeof raw['type'] === 'string', { error: 'a raw message needs `type`' })
    .refine((raw) => new TextEncoder().encode(JSON.stringify(raw)).length <= RAW_LIMITS.rawBytes, {
      error: `at most ${RAW_LIMITS.rawBytes} bytes`,
    }),
});
