#!/usr/bin/env node
// Plain JavaScript and committed, so that npm can link it before the first build.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const built = new URL('../dist/main.js', import.meta.url);
if (existsSync(fileURLToPath(built))) {
  const { main } = await import(built.href);
  await main();
} else {
  process.stderr.write('Cannot start alur: it is not built yet. Build it with: npm run build\n');
  process.exitCode = 5;
}
