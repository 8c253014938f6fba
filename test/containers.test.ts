import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { openStore } from '@alur/store';
import { GenericContainer, Wait } from 'testcontainers';
import { plainIntake, textEvent } from './support/events.ts';

const IMAGE = 'redis:7-bookworm';

/** Why containers cannot be used here; undefined when they can. */
function missing(): string | undefined {
  try {
    execFileSync('docker', ['info'], { stdio: 'ignore', timeout: 10_000 });
  } catch {
    return 'no Docker engine answers';
  }
  try {
    execFileSync('docker', ['image', 'inspect', IMAGE], { stdio: 'ignore', timeout: 10_000 });
  } catch {
    return `the image ${IMAGE} is not here: docker pull ${IMAGE}`;
  }
  return undefined;
}

const reason = missing();
const inContainers = reason === undefined ? test : test.skip;

describe(`the store against the Redis image of docker-compose.yml${reason === undefined ? '' : ` (left out: ${reason})`}`, () => {
  inContainers(
    'accepts an event once',
    async () => {
      // The clean-up container would be one more image to pull; this test stops what it started.
      process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
      const container = await new GenericContainer(IMAGE)
        .withExposedPorts(6379)
        .withCommand([
          'redis-server',
          '--bind',
          '0.0.0.0',
          '--protected-mode',
          'no',
          '--maxmemory-policy',
          'noeviction',
        ])
        .withWaitStrategy(Wait.forListeningPorts())
        .start();
      try {
        const store = await openStore({
          url: `redis://${container.getHost()}:${container.getMappedPort(6379)}`,
          shards: 1,
        });
        const intake = plainIntake(store);
        const event = textEvent({ wamid: 'wamid.c', waId: '15550001' });
        expect(await intake.accept([event])).toEqual(['new']);
        expect(await intake.accept([event])).toEqual(['dup']);
        expect(store.problem()).toBeUndefined();
        await store.close();
      } finally {
        await container.stop();
      }
    },
    120_000,
  );
});
