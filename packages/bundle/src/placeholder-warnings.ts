import { REQUIRED_ANSWERS, type AnswerKey, type Answers } from './answers.ts';
import type { TeamAnswers } from './parse-answers.ts';

const CHECKED = [
  ...REQUIRED_ANSWERS,
  'business_account_id',
  'app_secret',
] as const satisfies readonly AnswerKey[];
/** What examples and templates write where a value belongs. */
const PLACEHOLDER =
  /change[-_ ]?me|replace[-_ ]?me|placeholder|^todo\b|^<.*>$|x{4,}|\.{3}$|^(?:your|my|the)[-_ ](?:[a-z]+[-_ ])*(?:token|secret|id|key)$|^https?:\/\/(?:your|my)-|[/.]example\.(?:com|org|net)(?:[:/]|$)/i;
/** The ids of the provider's documentation. */
const DOCUMENTED = new Set(['123456789012345', '987654321098765']);
const E164 = /^[1-9][0-9]{7,12}$/;
const LOCAL_HOST =
  /^(?:[^.:[]*|.*\.(?:localhost|local|internal)|127(?:\.\d+){3}|10(?:\.\d+){3}|192\.168(?:\.\d+){2}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d+){2}|0\.0\.0\.0|\[.*\])$/i;

/** Answers that are right in form, but hardly what was meant, with their places; never a value. */
export function placeholderWarnings(teams: readonly TeamAnswers[]): string[] {
  return teams.flatMap((team) => [...placeholders(team), ...misplaced(team)]);
}

function placeholders(team: TeamAnswers): string[] {
  const found = CHECKED.filter((key) => isPlaceholder(team.answers[key]));
  if (found.length === 0) return [];
  const places = found.map((key) => named(team, key)).join(', ');
  const verb = found.length === 1 ? 'looks like a placeholder' : 'look like placeholders';
  return [`${places} ${verb}: put in your own, or nothing will come and go`];
}

function misplaced(team: TeamAnswers): string[] {
  const { phone_number_id: number, public_base_url: base } = team.answers;
  const isLocal = LOCAL_HOST.test(new URL(base).hostname);
  const found = [
    E164.test(number) &&
      `${named(team, 'phone_number_id')} looks like a phone number: it is the longer id beside it on the API Setup page of Meta`,
    isLocal &&
      `${named(team, 'public_base_url')} is an address of this machine or network: Meta cannot reach it. Use a public name, or a tunnel while you try`,
  ];
  return found.filter((warning) => warning !== false);
}

function isPlaceholder(answer: Answers[AnswerKey]): boolean {
  const texts: unknown[] = Array.isArray(answer) ? answer : [answer];
  return texts.some((text) => typeof text === 'string' && (PLACEHOLDER.test(text) || DOCUMENTED.has(text)));
}

/** The key with its place, where it stands in a file. */
function named(team: TeamAnswers, key: AnswerKey): string {
  const { file, line, col } = team.placeOf(key);
  return file.startsWith('--') ? `\`${key}\`` : `\`${key}\` (${[file, line, col].join(':')})`;
}
