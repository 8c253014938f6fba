import type { BusinessNumber, Team } from '@alur/bundle';
import { refusal, type ApiAnswer } from './api-answer.ts';

/** The team's number with this id; its only one without. */
export function numberOf({ numbers }: Team, id: string | undefined): BusinessNumber | undefined {
  if (id !== undefined) return numbers.find((number) => number.id === id);
  return numbers.length === 1 ? numbers[0] : undefined;
}

export function unknownNumber({ numbers }: Team): ApiAnswer {
  const ids = numbers.map(({ id }) => id).join(', ');
  return refusal(422, 'unknown_number', `\`phone_number_id\` must be one of the team's: ${ids}`);
}
