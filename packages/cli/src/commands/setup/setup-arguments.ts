export interface SetupFlags {
  /** A path, or `-` for standard input. */
  answers?: string;
  tenant?: string;
  team?: string;
  dryRun: boolean;
  /** A path, or `-` for standard output. */
  emitAnswers?: string;
  advanced: boolean;
  nonInteractive: boolean;
  /** False with `--no-input`. */
  input: boolean;
}

export interface SetupArguments extends SetupFlags {
  dir: string;
}
