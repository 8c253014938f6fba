import { oldestTimer, readInboxBacklog } from '@alur/store';
import { renderSpan } from '../../../moments.ts';
import type { Section } from '../section.ts';

/** What has come in and waits for its flow, and timers that should have fired. */
export const conversations: Section = {
  name: 'conversations',
  read: async ({ place: { client }, shards }) => {
    const backlogs = await Promise.all(shards.map((shard) => readInboxBacklog(client, shard)));
    const late = await Promise.all(shards.map((shard) => oldestTimer(client, shard)));
    const ready = backlogs.reduce((sum, each) => sum + each.ready, 0);
    const oldestAgeS = Math.max(0, ...backlogs.map((each) => each.oldestAgeS));
    const timerLateS = Math.max(0, ...late) / 1_000;
    const age = ready === 0 ? '' : `, the oldest since ${renderSpan(oldestAgeS * 1_000)}`;
    return {
      data: { ready, oldestAgeS, timerLateS },
      fields: [
        ['ready', `${ready}${age}`],
        ['timers', timerLateS < 1 ? 'none late' : `the latest is ${renderSpan(timerLateS * 1_000)} late`],
      ],
    };
  },
};
