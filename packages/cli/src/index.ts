export { EXIT, type ExitCode } from './exit-code.ts';
export { type Io } from './io.ts';
export { runCli } from './main.ts';
