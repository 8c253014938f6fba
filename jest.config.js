// Source first: packages are resolved through their "source" export, so tests need no build.
// Tests under test/ start the services as processes, so those do need `npm run build`.
export default {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  testMatch: ['<rootDir>/{packages,services}/*/src/**/*.test.ts', '<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/.alur'],
  workerIdleMemoryLimit: '1GB',
  // A worker that is large or has little of a busy machine takes longer than the half second that is usual; one that leaks never ends.
  workerGracefulExitTimeout: 5_000,
  maxWorkers: 2,
  testTimeout: 30_000,
};
