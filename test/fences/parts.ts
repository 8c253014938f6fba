/** DESIGN's table, told a second time on purpose: the fence's own table is what is tested. */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  types: [],
  telemetry: [],
  templates: ['types'],
  flow: ['types', 'templates'],
  whatsapp: ['types'],
  bundle: ['types'],
  store: ['types', 'telemetry'],
  lists: ['types', 'templates', 'whatsapp', 'store', 'bundle'],
  emulator: ['types', 'whatsapp'],
  cli: ['types', 'telemetry', 'templates', 'flow', 'whatsapp', 'bundle', 'store', 'lists', 'emulator'],
  ingress: ['types', 'templates', 'whatsapp', 'store', 'bundle', 'lists', 'telemetry'],
  'flow-runner': ['types', 'flow', 'store', 'bundle', 'telemetry'],
  sender: ['types', 'whatsapp', 'store', 'bundle', 'telemetry'],
};

/** Where an outside package may be used; zod may be anywhere. */
export const HOMES: Readonly<Record<string, readonly string[]>> = {
  ioredis: ['store'],
  bullmq: ['store'],
  express: ['emulator', 'ingress'],
  pino: ['telemetry'],
  'prom-client': ['telemetry'],
  '@marcbachmann/cel-js': ['flow'],
  re2js: ['flow'],
  yaml: ['bundle', 'flow'],
  commander: ['cli'],
  picocolors: ['cli'],
};

const SERVICES = ['ingress', 'flow-runner', 'sender'];

export const PARTS = Object.keys(MAY_IMPORT);

/** The folder of a part, from the root. */
export function folderOf(part: string): string {
  return `${SERVICES.includes(part) ? 'services' : 'packages'}/${part}`;
}

/** What a file in a part's src writes to import another part: by name, or by path where there is no front door. */
export function specifierOf(part: string): string {
  return SERVICES.includes(part) ? `../../../services/${part}/src/main.ts` : `@alur/${part}`;
}
