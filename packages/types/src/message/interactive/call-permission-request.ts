import { z } from 'zod';
import { frame } from './frame.ts';

/** Asks whether the business may call. Source: Meta, "Obtain user call permissions". */
export const CallPermissionInteractive = z.strictObject({
  type: z.literal('call_permission_request'),
  ...frame,
  action: z.looseObject({ name: z.literal('call_permission_request') }),
});
