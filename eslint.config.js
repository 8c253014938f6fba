import tseslint from 'typescript-eslint';

const limits = {
  'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
  'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
};

// A rule set twice for a file is the last one alone, so whoever adds to it starts from these.
const syntax = [
  { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
  { selector: 'ExportAllDeclaration', message: 'Spell the names out.' },
  {
    selector: 'TSAsExpression[typeAnnotation.typeName.name!="const"]',
    message: 'Parse, do not assert: no `as` but `as const`.',
  },
];

// Where values from outside meet a schema.
const reading = {
  selector: "CallExpression[callee.property.name='safeParse']",
  message: 'Use `readAs` of @alur/types: zod throws at some values from outside.',
};

// The engine repeats a turn and must come to the same result, so it has no clock and no chance.
const purity = {
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: 'The engine takes `now` from the event.' },
    { object: 'Math', property: 'random', message: 'The engine is deterministic.' },
    { object: 'performance', property: 'now', message: 'The engine takes `now` from the event.' },
  ],
  'no-restricted-syntax': [
    'error',
    ...syntax,
    reading,
    {
      selector: "NewExpression[callee.name='Date'][arguments.length=0], CallExpression[callee.name='Date']",
      message: 'The engine has no clock.',
    },
  ],
};

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '.alur/**',
      'coverage/**',
      '**/*.mjs',
      '**/*.js',
      '**/public/**',
    ],
  },
  ...tseslint.configs.recommendedTypeChecked,
  {
    files: ['**/*.ts'],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.test.json', './packages/*/tsconfig.json', './services/*/tsconfig.json'],
      },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-console': 'error',
      eqeqeq: 'error',
      'no-restricted-syntax': ['error', ...syntax, reading],
      ...limits,
    },
  },
  {
    files: ['packages/*/src/**/*.ts', 'services/*/src/**/*.ts'],
    ignores: ['**/config.ts', 'packages/cli/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'process', message: 'Read the environment in config.ts only; signals belong to telemetry.' },
      ],
      'no-restricted-imports': ['error', 'node:process', 'process'],
    },
  },
  {
    files: ['packages/telemetry/src/**/*.ts', 'services/*/src/main.ts'],
    rules: { 'no-restricted-globals': 'off' },
  },
  {
    files: ['packages/types/src/read-as.ts', 'packages/telemetry/src/read-config.ts'],
    rules: { 'no-restricted-syntax': ['error', ...syntax] },
  },
  { files: ['packages/{flow,templates}/src/**/*.ts'], ignores: ['**/*.test.ts'], rules: purity },
  { files: ['packages/cli/**/*.ts', 'bench/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['**/*.test.ts', 'test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      'max-lines': 'off',
      'no-restricted-globals': 'off',
      'no-restricted-syntax': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
);
