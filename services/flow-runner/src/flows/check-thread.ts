import { parentPort, workerData } from 'node:worker_threads';
import { checkFlows } from '@alur/flow';
import { CheckTask, type CheckNote } from './check-task.ts';

// Runs in a thread of its own. Files go back one by one: the other side reads each between two turns.
const { sources, ...options } = CheckTask.parse(workerData);
const { findings, checked } = checkFlows(sources, options);
const tell = (note: CheckNote) => parentPort?.postMessage(note);
for (const flow of checked ?? []) tell({ kind: 'flow', flow });
tell({ kind: 'end', findings, isRight: checked !== undefined });
