import { z } from 'zod';
import { defineRoute } from '../route.ts';
import { sendMedia } from '../send-media.ts';

const MediaQuery = z.looseObject({
  phone_number_id: z.string().optional().describe('Needed where the team has more than one number'),
  sha256: z.string().optional().describe('The file must be the one with this SHA-256, hex or base64'),
});

/** Files that contacts sent: fetched from Meta for whoever asks, checked, kept nowhere. */
export const media = defineRoute({
  method: 'GET',
  path: 'media/:media',
  name: 'media',
  scope: 'read',
  summary: 'Fetch a file that a contact sent',
  query: MediaQuery,
  example: { params: { media: '1003383421387256' }, query: { phone_number_id: '100000000000001' } },
  answers: {
    200: { description: 'The file, after all of it was checked.', contentType: '*/*' },
    404: { description: 'Meta has no such file for this number, or not any more.' },
    502: { description: 'The file could not be fetched from Meta, or is not the one that was asked for.' },
  },
  handle: async ({ bundle, team, params, request, response }, deps) => {
    const mediaId = params['media'] ?? '';
    const refused = await sendMedia({ bundle, team, mediaId, request, response }, deps);
    if (refused === undefined) deps.metrics.apiRequests.inc({ route: 'media', code: '200' });
    return refused;
  },
});
