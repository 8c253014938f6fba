import { type Refusal, refusal } from '../graph/refusal.ts';

/** Why a template of this status cannot be sent, or nothing. */
export function templateRefusal(status: string, name: string, language: string): Refusal | undefined {
  switch (status) {
    case 'APPROVED':
      return undefined;
    case 'PAUSED':
      return refusal(
        132015,
        'Template is paused',
        'The template is paused for low quality and cannot be sent.',
      );
    case 'DISABLED':
      return refusal(
        132016,
        'Template is disabled',
        'The template was paused too often for low quality and is disabled for good.',
      );
    // What is not approved is not there.
    default:
      return unknownTranslation(name, language);
  }
}

/** 132001: no approved template of this name in this language. */
export function unknownTranslation(name: string, language: string): Refusal {
  const title = 'Template name does not exist in the translation';
  return {
    ...refusal(132001, title, `template name (${name}) does not exist in ${language}`),
    http: 404,
  };
}
