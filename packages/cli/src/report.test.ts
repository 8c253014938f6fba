import { Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import pc from 'picocolors';
import type { Io } from './io.ts';
import { renderFault, reportFailure, reportOutcome } from './report.ts';

const colors = pc.createColors(false);
const HOSTILE = 'a\u001B]0;b\u0007\u009B31m\r';

function reporting() {
  const written: string[] = [];
  const stream = { write: (text: string) => written.push(text) };
  const io: Io = {
    stdout: stream,
    stderr: stream,
    stdin: Readable.from([]),
    env: {},
    isTTY: false,
    cwd: '/',
    untilStopped: () => Promise.resolve(),
  };
  return { written, io };
}

describe('What came from a file or from Meta drives no terminal', () => {
  test('renderFault()', () => {
    const text = renderFault({ message: HOSTILE, file: HOSTILE, line: 1, fix: `${HOSTILE}\nsecond` }, colors);
    expect(text).not.toMatch(/[\u001B\u0007\u009B\r]/);
    expect(text).toContain('second');
  });

  test.each(['warnings', 'failure'])('reports of %s', (kind) => {
    const { written, io } = reporting();
    const options = { io, colors, isJson: false, command: 'x' };
    if (kind === 'warnings') reportOutcome({ exit: 0, data: {}, text: '', warnings: [HOSTILE] }, options);
    else reportFailure({ code: 'x', exit: 1, message: HOSTILE, faults: [] }, options);
    expect(written.join('')).toContain('a\uFFFD');
    expect(written.join('')).not.toMatch(/[\u001B\u0007\u009B\r]/);
  });
});
