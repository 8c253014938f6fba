import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import type { Command } from 'commander';
import pc from 'picocolors';
import { examplesOf } from './add-examples.ts';
import { EXIT } from './exit-code.ts';
import { buildProgram } from './program.ts';
import { renderReference } from './testing/render-reference.ts';

const DOCUMENT = fileURLToPath(new URL('../../../docs/cli.md', import.meta.url));
const INSIDE = /(<!-- commands -->\n)[^]*(<!-- \/commands -->)/;

const program = buildProgram({
  context: {
    colors: pc.createColors(false),
    io: {
      stdout: process.stdout,
      stderr: process.stderr,
      stdin: process.stdin,
      env: {},
      isTTY: false,
      cwd: '.',
      untilStopped: () => Promise.resolve(),
    },
  },
  onOutcome: () => undefined,
  write: () => undefined,
});

describe('docs/cli.md', () => {
  // ALUR_UPDATE_DOCS=1 writes the part between the marks anew.
  test('has every command as the command line has it', () => {
    const text = readFileSync(DOCUMENT, 'utf8');
    const whole = text.replace(INSIDE, (_, before: string, after: string) => {
      return `${before}\n${renderReference(program)}\n${after}`;
    });
    if (process.env['ALUR_UPDATE_DOCS'] === '1') writeFileSync(DOCUMENT, whole);
    expect(readFileSync(DOCUMENT, 'utf8')).toBe(whole);
  });

  test('has every exit code', () => {
    const rows = readFileSync(DOCUMENT, 'utf8').matchAll(/^\| (\d) +\|/gm);
    expect([...rows].map(([, code]) => Number(code))).toEqual(Object.values(EXIT));
  });
});

function allOf(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allOf)];
}

describe('buildProgram()', () => {
  test.each(
    program.commands
      .filter((command) => command.name() !== 'version')
      .map((command) => [command.name(), command] as const),
  )('%s shows examples that the command line takes', (name, command) => {
    const examples = examplesOf(command);
    expect(examples.length).toBeGreaterThan(0);
    const known = new Set(allOf(command).flatMap(({ options }) => options.flatMap(({ long }) => long ?? [])));
    for (const [line] of examples) {
      expect(line).toContain(`alur ${name}`);
      for (const [option] of line.matchAll(/--[\w-]+/g)) expect([...known]).toContain(option);
    }
  });

  test('every command and every option says what it is for', () => {
    const silent = allOf(program).flatMap((command) => [
      ...(command.description() === '' ? [command.name()] : []),
      ...command.options.filter(({ description }) => description === '').map(({ flags }) => flags),
    ]);
    expect(silent).toEqual([]);
  });
});
