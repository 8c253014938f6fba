import { Worker } from 'node:worker_threads';
import type { CheckedFlow } from '@alur/flow';
import type { CheckFlows, CheckNote } from './check-task.ts';

const CHECK_MS_MAX = 120_000;

/**
 * Checks flows in a thread that lives as long as the check: a file of any size stops no conversation. One at a time, since
 * after a start the runs of many former sets may go on at once.
 */
export function createFlowChecker(): CheckFlows {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const checked = last.then(() => checkOffThread(task));
    last = checked.catch(() => undefined);
    return checked;
  };
}

const checkOffThread: CheckFlows = (task) =>
  new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./check-thread.js', import.meta.url), { workerData: task });
    const late = setTimeout(() => fail(new Error('the check took more than two minutes')), CHECK_MS_MAX);
    const checked: CheckedFlow[] = [];
    const fail = (error: Error) => {
      clearTimeout(late);
      reject(error);
      void thread.terminate();
    };
    thread.on('message', (note: CheckNote) => {
      if (note.kind === 'flow') {
        checked.push(note.flow);
        return;
      }
      clearTimeout(late);
      resolve({ findings: note.findings, ...(note.isRight && { checked }) });
    });
    thread.on('error', fail);
    // After the last word this changes nothing any more.
    thread.on('exit', () => fail(new Error('the thread that checks flows ended early')));
  });
