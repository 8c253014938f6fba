import type { Section } from '../section.ts';
import { broadcasts } from './broadcasts.ts';
import { conversations } from './conversations.ts';
import { failures } from './failures.ts';
import { numbers } from './numbers.ts';
import { queues } from './queues.ts';
import { redis } from './redis.ts';
import { services } from './services.ts';
import { subscribers } from './subscribers.ts';

/** The parts of `alur status`, from top to bottom. */
export const SECTIONS: readonly Section[] = [
  redis,
  services,
  numbers,
  conversations,
  queues,
  broadcasts,
  subscribers,
  failures,
];
