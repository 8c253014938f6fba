import { EXIT, type ExitCode } from './exit-code.ts';

/** One thing that keeps a command from its work; `fix` is what to do about it. */
export interface Fault {
  message: string;
  fix?: string;
  file?: string;
  line?: number;
  col?: number;
}

/** A command that cannot do its work, for a reason that is no bug of ours. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exit: ExitCode;
  /** In the form of all codes: `not_found`. */
  readonly code: string;
  readonly fix: string;
  constructor(kind: keyof typeof EXIT, message: string, fix: string, options?: ErrorOptions) {
    super(message, options);
    this.exit = EXIT[kind];
    this.code = kind.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    this.fix = fix;
  }
}

export interface Failure {
  exit: ExitCode;
  code: string;
  message: string;
  faults: readonly Fault[];
}

/** Sorts whatever a command threw: what the person can mend, what the machine lacks, and bugs. */
export function toFailure(error: unknown): Failure {
  if (error instanceof CliError) {
    const { exit, code, message, fix } = error;
    return { exit, code, message, faults: [{ message, fix }] };
  }
  if (isBundleError(error)) {
    const [message = ''] = error.message.split(':\n');
    const exit = error.code === 'not_found' ? EXIT.notFound : EXIT.invalidInput;
    return { exit, code: error.code, message, faults: error.problems };
  }
  if (isConfigError(error)) {
    const faults = error.problems.map(({ variable, expected }) => ({
      message: `${variable} cannot be used`,
      fix: expected,
    }));
    return { exit: EXIT.invalidInput, code: error.code, message: 'Cannot use the environment', faults };
  }
  const message = error instanceof Error ? error.message : String(error);
  if (isSystemError(error)) {
    const said = wordsOf(error) ?? message;
    const exit = error.code === 'ENOENT' || error.code === 'ENOTDIR' ? EXIT.notFound : EXIT.notReady;
    const fix = FIXES.get(error.code) ?? 'mend it and run the command again';
    return { exit, code: error.code, message: said, faults: [{ message: said, fix }] };
  }
  const fix = 'this is a bug in Alur: please report it with the command you ran';
  return { exit: EXIT.bug, code: 'bug', message, faults: [{ message, fix }] };
}

/** What the system says of a path, as a sentence. */
function wordsOf({ code, path }: SystemError): string | undefined {
  const reason = REASONS.get(code);
  return path === undefined || reason === undefined ? undefined : `Cannot use "${path}": ${reason}`;
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'permission denied'],
  ['EPERM', 'it is not permitted'],
  ['ENOENT', 'there is no such file or folder'],
  ['EISDIR', 'it is a folder, and a file is needed'],
  ['ENOTDIR', 'a part of this path is a file, and no folder'],
  ['ELOOP', 'it is a link that leads back to itself'],
  ['EROFS', 'nothing can be written there'],
  ['ENOSPC', 'the disk is full'],
]);

const FIXES: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'give this user the right to it'],
  ['EPERM', 'give this user the right to it'],
  ['EROFS', 'choose a folder that can be written to'],
  ['ENOSPC', 'make room on the disk'],
  ['ENOENT', 'check the path'],
  ['EISDIR', 'name a file'],
  ['ENOTDIR', 'check the path'],
  ['ELOOP', 'check the path'],
  ['EADDRINUSE', 'stop what uses the port, or choose another one'],
  ['EADDRNOTAVAIL', 'choose an address of this machine'],
]);

interface BundleErrorLike {
  code: string;
  message: string;
  problems: readonly Fault[];
}

interface ConfigErrorLike {
  code: string;
  problems: readonly { variable: string; expected: string }[];
}

// By their shape and not by their class: importing the classes would load their packages for every `--help`.
function isConfigError(error: unknown): error is ConfigErrorLike {
  return error instanceof Error && error.name === 'ConfigError' && 'problems' in error && 'code' in error;
}

export function isBundleError(error: unknown): error is BundleErrorLike {
  return error instanceof Error && error.name === 'BundleError' && 'problems' in error && 'code' in error;
}

interface SystemError {
  code: string;
  path?: string;
}

function isSystemError(error: unknown): error is SystemError {
  if (typeof error !== 'object' || error === null || !('code' in error && 'syscall' in error)) return false;
  return typeof error.code === 'string' && (!('path' in error) || typeof error.path === 'string');
}
