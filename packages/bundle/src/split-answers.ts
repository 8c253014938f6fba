import { Slug, readAs } from '@alur/types';
import { ANSWERS_WRAPPER } from './answers.ts';
import { nearest } from './nearest.ts';
import type { Problem } from './problem.ts';
import { isRecord, type Path, type YamlText } from './yaml-text.ts';

/** The answers of one team, as they were found, and where in the file. */
export interface Part {
  tenant: string;
  team: string;
  found: unknown;
  at: Path;
}

export interface Split {
  parts: Part[];
  warnings: string[];
  problems: Problem[];
}

export interface Place {
  tenant: string;
  team: string;
  /** Whether somebody chose it. */
  isGiven: boolean;
}

/**
 * Which team each part of the file is for: one of them, under `messaging-whatsapp` or flat; or several, under `tenants`, by their names:
 * `tenants: {acme: {teams: {shop: {...}}}}`.
 */
export function splitAnswers(source: YamlText, place: Place): Split {
  const { found, at, warnings, problems } = unwrap(source);
  const tenants = isRecord(found) ? own(found, 'tenants') : undefined;
  if (!isRecord(found) || tenants === undefined) {
    return { parts: [{ tenant: place.tenant, team: place.team, found, at }], warnings, problems };
  }
  const faults = faultsAt(source);
  const parts: Part[] = [];
  if (place.isGiven) {
    const fix = 'leave --tenant and --team out, or the answers of one team under no name';
    problems.push(faults([...at, 'tenants'], 'key', '`tenants` names the teams itself', fix));
  }
  for (const key of Object.keys(found).filter((other) => other !== 'tenants')) {
    const fix = 'move it into each team under `tenants`';
    problems.push(faults([...at, key], 'key', `${quoted(key)} is not known beside \`tenants\``, fix));
  }
  for (const { name: tenant, value, at: here } of named(tenants, [...at, 'tenants'], faults, problems)) {
    for (const key of isRecord(value) ? Object.keys(value).filter((other) => other !== 'teams') : []) {
      const fix = nearest(key, ['teams']) ? 'did you mean `teams`?' : 'a tenant has `teams` only';
      problems.push(faults([...here, key], 'key', `${quoted(key)} is not known here`, fix));
    }
    const teams = isRecord(value) ? own(value, 'teams') : undefined;
    for (const team of named(teams, [...here, 'teams'], faults, problems)) {
      parts.push({ tenant, team: team.name, found: team.value, at: team.at });
    }
  }
  return { parts, warnings, problems };
}

function unwrap(source: YamlText): { found: unknown; at: Path; warnings: string[]; problems: Problem[] } {
  const { value } = source;
  const inner = isRecord(value) ? own(value, ANSWERS_WRAPPER) : undefined;
  if (!isRecord(value) || inner === undefined) {
    return { found: value, at: [], warnings: [], problems: [] };
  }
  const others = Object.keys(value).filter((key) => key !== ANSWERS_WRAPPER);
  const providers = others.filter((key) => key.startsWith('messaging-'));
  const warnings = providers.map(
    (key) => `\`${key}\` is passed over: only ${ANSWERS_WRAPPER} is set up here`,
  );
  const faults = faultsAt(source);
  const problems = others
    .filter((key) => !providers.includes(key))
    .map((key) => {
      const message = `${quoted(key)} is not known beside \`${ANSWERS_WRAPPER}\``;
      return faults([key], 'key', message, `move it into \`${ANSWERS_WRAPPER}\`, or remove it`);
    });
  return { found: inner, at: [ANSWERS_WRAPPER], warnings, problems };
}

type Faults = ReturnType<typeof faultsAt>;

function faultsAt(source: YamlText) {
  return (path: Path, of: 'key' | 'value', message: string, fix: string): Problem => ({
    file: source.file,
    ...source.place(path, of),
    message,
    fix,
  });
}

/** The entries of a map from names of tenants or teams. */
function named(map: unknown, at: Path, faults: Faults, problems: Problem[]) {
  const what = String(at.at(-1));
  if (!isRecord(map) || Object.keys(map).length === 0) {
    const message = `\`${what}\` must be a map with at least one name of a ${what.slice(0, -1)}`;
    problems.push(faults(at, 'value', message, 'write tenants: {NAME: {teams: {NAME: {...}}}}'));
    return [];
  }
  return Object.entries(map).map(([name, value]) => {
    if (!readAs(Slug, name).success) {
      const message = `the ${what.slice(0, -1)} must be lower-case letters, digits and dashes, 63 at most`;
      problems.push(faults([...at, name], 'key', message, 'it is a part of the webhook address'));
    }
    return { name, value, at: [...at, name] };
  });
}

function quoted(key: string): string {
  return `\`${key.slice(0, 64)}\``;
}

function own(value: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}
