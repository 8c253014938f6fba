import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { waitFor } from '../support/wait.ts';

const ALUR = fileURLToPath(new URL('../../packages/cli/bin/alur.js', import.meta.url));

const Printed = z.object({
  data: z.object({
    displayNumber: z.string(),
    environment: z.object({
      GRAPH_BASE_URL: z.string(),
      WHATSAPP_PHONE_NUMBER_ID: z.string(),
      WHATSAPP_BUSINESS_ACCOUNT_ID: z.string(),
      WHATSAPP_ACCESS_TOKEN: z.string(),
      WHATSAPP_APP_SECRET: z.string(),
    }),
  }),
});

/** `alur emulator` as a process of its own, and what it printed for the project that uses it. */
export interface AlurEmulator {
  displayNumber: string;
  environment: z.infer<typeof Printed>['data']['environment'];
  stop(): Promise<void>;
}

export async function startAlurEmulator(flags: readonly string[]): Promise<AlurEmulator> {
  const child = spawn(process.execPath, [ALUR, 'emulator', '--port', '0', '--json', ...flags], {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const printed = await waitFor(() => {
    if (child.exitCode !== null) throw new Error(`alur emulator exited with ${child.exitCode}:\n${err}`);
    return out.trimEnd().endsWith('\n}') ? Printed.parse(JSON.parse(out)) : undefined;
  }, 'the emulator to print its number');
  return {
    ...printed.data,
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}
