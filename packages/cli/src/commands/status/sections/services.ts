import { count } from '../../../report.ts';
import { seenRunners, seenSenders } from '../../../seen-services.ts';
import type { Section } from '../section.ts';

/** Who works with this Redis. Ingress leaves no trace there: its ops port tells of it. */
export const services: Section = {
  name: 'services',
  read: async ({ place: { client, shards }, queues, shards: own }) => {
    const { runners, inHand } = await seenRunners({ client, shards, own });
    const senders = await seenSenders(queues);
    return {
      data: { runners, inHand, senders: senders ?? null },
      fields: [
        ['flow-runners', `${runners} seen in the last minute, ${count(inHand, 'conversation')} in hand`],
        ['senders', senders === undefined ? 'this Redis does not tell' : `${senders} connected`],
      ],
      problems: [
        ...(runners === 0 ? ['no flow-runner has been seen in the last minute'] : []),
        ...(senders === 0 ? ['no sender is connected'] : []),
      ],
    };
  },
};
