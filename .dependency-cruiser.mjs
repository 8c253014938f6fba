// Which part may import which: DESIGN's table, held by `npm run arch`.
const MAY_IMPORT = {
  'packages/types': [],
  'packages/telemetry': [],
  'packages/templates': ['packages/types'],
  'packages/flow': ['packages/types', 'packages/templates'],
  'packages/whatsapp': ['packages/types'],
  'packages/bundle': ['packages/types'],
  'packages/store': ['packages/types', 'packages/telemetry'],
  'packages/lists': [
    'packages/types',
    'packages/templates',
    'packages/whatsapp',
    'packages/store',
    'packages/bundle',
  ],
  'packages/emulator': ['packages/types', 'packages/whatsapp'],
  'packages/cli': ['packages/'],
  'services/ingress': [
    'packages/types',
    'packages/templates',
    'packages/whatsapp',
    'packages/store',
    'packages/bundle',
    'packages/lists',
    'packages/telemetry',
  ],
  'services/flow-runner': [
    'packages/types',
    'packages/flow',
    'packages/store',
    'packages/bundle',
    'packages/telemetry',
  ],
  'services/sender': [
    'packages/types',
    'packages/whatsapp',
    'packages/store',
    'packages/bundle',
    'packages/telemetry',
  ],
};

// Where an outside package belongs; zod may be anywhere.
const OUTSIDE = {
  'ioredis|bullmq': ['packages/store'],
  express: ['services/ingress', 'packages/emulator'],
  'pino|prom-client': ['packages/telemetry'],
  '@marcbachmann/cel-js|re2js|croner': ['packages/flow'],
  'fastest-levenshtein': ['packages/types'],
  yaml: ['packages/flow', 'packages/bundle'],
  'ipaddr.js': ['services/flow-runner'],
  'libphonenumber-js': ['packages/whatsapp'],
  'csv-parse': ['packages/lists'],
  busboy: ['packages/emulator'],
  'commander|picocolors|@clack/prompts|@dagrejs/dagre': ['packages/cli'],
};

const inside = (names) =>
  `^(${names.map((name) => (name.endsWith('/') ? name.slice(0, -1) : name)).join('|')})/`;
const tests = '[.]test[.]ts$|/src/testing/';

const direction = Object.entries(MAY_IMPORT).map(([name, allowed]) => ({
  name: `direction: ${name}`,
  comment: `${name} may import only: ${allowed.join(', ') || 'nothing of ours'}`,
  severity: 'error',
  from: { path: inside([name]), pathNot: tests },
  to: { path: '^(packages|services)/', pathNot: inside([name, ...allowed]) },
}));

const outside = Object.entries(OUTSIDE).map(([packages, homes]) => ({
  name: `outside package: ${packages}`,
  comment: `${packages} belongs in ${homes.join(', ')} only, so that it can be replaced in one place`,
  severity: 'error',
  from: { path: '^(packages|services)/', pathNot: [inside(homes), tests] },
  to: { path: `node_modules/(${packages})/` },
}));

export default {
  forbidden: [
    ...direction,
    ...outside,
    {
      name: 'the engine is pure',
      comment:
        'packages/flow and packages/templates do no I/O: no Node module, and only the packages a language needs',
      severity: 'error',
      from: { path: '^packages/(flow|templates)/src/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'the engine is small',
      comment: 'packages/flow uses zod, yaml, CEL, re2js and croner',
      severity: 'error',
      from: { path: '^packages/flow/src/', pathNot: tests },
      to: {
        path: 'node_modules/',
        pathNot: 'node_modules/(zod|yaml|@marcbachmann/cel-js|re2js|croner)/',
      },
    },
    {
      name: 'front door',
      comment: 'another package is entered through its src/index.ts',
      severity: 'error',
      from: { path: '^(packages|services)/([^/]+)/', pathNot: tests },
      to: { path: '^packages/([^/]+)/src/', pathNot: ['^packages/$2/', '^packages/[^/]+/src/index[.]ts$'] },
    },
    {
      name: 'no service or cli is a library',
      comment: 'tests too: a test that needs a service starts its process',
      severity: 'error',
      from: { path: '^((?:packages|services)/[^/]+)/' },
      to: { path: '^(services/|packages/cli/)', pathNot: '^$1/' },
    },
    {
      name: 'the emulator is no library',
      comment: 'only the cli starts it, and tests talk to it',
      severity: 'error',
      from: { pathNot: ['^packages/(cli|emulator)/', tests] },
      to: { path: '^packages/emulator/' },
    },
    {
      name: 'no cycles',
      comment: 'type-only cycles too',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    { name: 'tests are not a library', severity: 'error', from: { pathNot: tests }, to: { path: tests } },
    {
      name: 'declared',
      comment: 'every outside package is in the package.json beside it (test/fences holds this for our own)',
      severity: 'error',
      from: { path: '^(packages|services)/', pathNot: tests },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'found',
      comment: 'a service has no front door, so its name resolves to nothing',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'every part is listed',
      comment: 'a new package or service needs a line in MAY_IMPORT',
      severity: 'error',
      from: { path: '^(packages|services)/', pathNot: inside(Object.keys(MAY_IMPORT)) },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Our own builds only: most outside packages are entered through a dist too.
    exclude: { path: '^(packages|services)/[^/]+/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'require', 'node', 'default', 'types'],
    },
  },
};
