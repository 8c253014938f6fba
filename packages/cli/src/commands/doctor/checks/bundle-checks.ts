import { demoProblems, type Bundle, type BusinessNumber, type Team } from '@alur/bundle';
import { readPhoneNumber } from '@alur/whatsapp';
import type { Fault } from '../../../cli-error.ts';
import type { Io } from '../../../io.ts';
import { readFlowSets } from '../../../read-flow-sets.ts';
import { count } from '../../../report.ts';
import { checkSets } from '../../validate.ts';
import { fail, ok, warn, type Check, type Verdict } from '../check.ts';
import { nameOf, type ReadBundle, type Visit } from '../visit.ts';

/** Whether there is a bundle at all, and who may read it. */
export function readingChecks(dir: string, read: ReadBundle): Check[] {
  const problems = 'error' in read ? read.error.problems : [];
  // As `permissionProblem` of the bundle says it.
  const modes = problems.filter(({ message }) => message.startsWith('others may read'));
  const others = problems.filter((problem) => !modes.includes(problem));
  const readable = () => ('bundle' in read ? ok(describe(read.bundle)) : unreadable(dir, others, modes));
  return [
    { id: 'bundle.readable', about: '', run: readable },
    { id: 'bundle.secrets', about: '', run: () => secretsVerdict(modes) },
  ];
}

function describe({ dir, tenants }: Bundle): string {
  const teams = tenants.flatMap((tenant) => tenant.teams);
  const off = teams.filter(({ enabled }) => !enabled);
  const numbers = teams.flatMap((team) => team.numbers).length;
  const idle = off.length > 0 ? `; not enabled: ${off.map(nameOf).join(', ')}` : '';
  return `${dir}: ${count(teams.length, 'team')}, ${count(numbers, 'number')}${idle}`;
}

function unreadable(dir: string, [first, ...more]: readonly Fault[], modes: readonly Fault[]): Verdict {
  if (!first) {
    if (modes.length > 0) return ok(`${dir}: nothing wrong beside who may read its secrets`);
    return fail(`there is no bundle in ${dir}`, 'name its folder, or make one with `alur setup`');
  }
  const rest = more.length > 0 ? ` (and ${count(more.length, 'more problem')})` : '';
  const place = [first.file, first.line, first.col].filter((part) => part !== undefined).join(':');
  return fail(`${place === '' ? dir : place}: ${first.message}${rest}`, first.fix ?? 'mend the file');
}

function secretsVerdict([first, ...more]: readonly Fault[]): Verdict {
  if (!first) return ok('nobody but their owner and its group');
  const rest = more.length > 0 ? `, and so with ${count(more.length, 'more file')}` : '';
  return fail(`${first.file ?? 'a file'}: ${first.message}${rest}`, first.fix ?? 'chmod 600 the file');
}

/** What stands in the bundle. */
export function contentChecks(visit: Visit): Check[] {
  const { bundle, io, graphUrl } = visit;
  return [
    { id: 'bundle.flows', about: '', run: () => checkFlows(bundle, io) },
    { id: 'bundle.api-version', about: '', run: () => checkVersions(visit) },
    { id: 'bundle.placeholders', about: '', run: () => checkPlaceholders(visit) },
    { id: 'bundle.numbers', about: '', run: () => checkNumbers(visit) },
    {
      id: 'bundle.demo',
      about: '',
      run: () => {
        if (demoProblems(bundle, graphUrl) === undefined)
          return ok(bundle.demo ? 'a demo, and the Graph API is not Meta' : 'no secret is made up');
        const fix = 'run `alur setup` with the real secrets, or set GRAPH_BASE_URL to the emulator';
        return fail('secrets of the demo would go to Meta', fix);
      },
    },
  ];
}

async function checkFlows(bundle: Bundle, io: Io): Promise<Verdict> {
  const { sets, faults } = await readFlowSets([bundle.dir], io);
  const { checked, faults: around } = await checkSets(sets, io);
  const findings = checked.flatMap((set) => set.findings);
  const errors = findings.filter(({ severity }) => severity === 'error');
  const problems = [...faults, ...around];
  const files = count(sets.flatMap(({ sources }) => sources).length, 'flow file');
  const all = errors.length + problems.length;
  const summary = `${files}: ${count(all, 'error')}, ${count(findings.length - errors.length, 'warning')}`;
  const first = errors[0] ?? findings[0];
  const fix = `run \`alur validate ${bundle.dir}\`, which shows all with their places`;
  const named = first ? `; first ${first.code} in ${first.file}:${first.line}` : '';
  if (all > 0) return fail(summary + named, fix);
  return findings.length > 0 ? warn(summary + named, fix) : ok(summary);
}

// Meta ended v20.0 on 24 September 2026. Source: Graph API changelog.
const RETIRED_MAJOR = 20;

function checkVersions({ teams }: Visit): Verdict {
  const numbers = teams.flatMap((team) => team.numbers);
  const old = numbers.filter(({ apiVersion }) => Number(/\d+/.exec(apiVersion)?.[0]) <= RETIRED_MAJOR);
  const versions = [...new Set(numbers.map(({ apiVersion }) => apiVersion))].join(', ');
  if (old.length === 0) return ok(versions === '' ? 'there is no number' : versions);
  const which = old.map(({ id, apiVersion }) => `number ${id} has ${apiVersion}`).join(', ');
  return fail(`${which}: Meta no longer serves v20.0 and older`, 'set `api_version: v25.0` in bundle.yaml');
}

// What stands in examples, ours and Meta's, where a value of one's own belongs.
const EXAMPLES: readonly (readonly [key: string, isExample: (team: Team) => boolean])[] = [
  ['verify_token', ({ verifyToken }) => /^your[-_ ]|^<.*>$|^change-?me$/i.test(verifyToken)],
  ['app_secret', ({ appSecrets }) => appSecrets.some((secret) => /^your[-_ ]|^<.*>$|^x+$/i.test(secret))],
  [
    'access_token',
    ({ numbers }) => numbers.some(({ accessToken }) => /^EAAx+\.*$|^your|^</i.test(accessToken)),
  ],
  [
    'public_base_url',
    ({ publicBaseUrl }) =>
      /\/\/(your-domain|[^/]*\byour-|([^/:]*\.)?example(\.(com|org|net))?(:|\/|$))/.test(publicBaseUrl),
  ],
  ['phone_number_id', ({ numbers }) => numbers.some(({ id }) => id === '123456789012345')],
  ['business_account_id', ({ businessAccountId }) => businessAccountId === '987654321098765'],
];

function checkPlaceholders({ teams }: Visit): Verdict {
  const found = teams.flatMap((team) =>
    EXAMPLES.filter(([, isExample]) => isExample(team)).map(([key]) => `${key} of ${nameOf(team)}`),
  );
  if (found.length === 0) return ok('every value is one of your own');
  return fail(
    `still an example: ${found.join(', ')}`,
    'put your own values into the answers and run `alur setup`',
  );
}

// Ids of numbers have 15 digits and more; a phone number with its country code seldom has over 13.
const PHONE_DIGITS_MAX = 13;

function checkNumbers({ teams }: Visit): Verdict {
  const numbers = teams.flatMap((team) => team.numbers);
  const phones = numbers.filter(isPhone);
  if (phones.length === 0) return ok(`${count(numbers.length, 'id')} of numbers`);
  // A phone number may be somebody's own, so it is not shown.
  const which = [...new Set(phones.map(({ tenant, team }) => `${tenant}/${team}`))].join(', ');
  const fix = 'use the "Phone number ID" that the Meta app shows under WhatsApp, API Setup';
  return warn(`\`phone_number_id\` of ${which} looks like a phone number`, fix);
}

function isPhone({ id }: BusinessNumber): boolean {
  return id.length <= PHONE_DIGITS_MAX && readPhoneNumber(`+${id}`).kind === 'number';
}
