import { type NewsField } from './account-news.ts';
import { accountUpdate } from './account-update.ts';
import { businessCapability } from './business-capability.ts';
import { phoneNumberQuality } from './phone-number-quality.ts';
import { templateStatus } from './template-status.ts';
import { userPreferences } from './user-preferences.ts';

const FIELDS = [accountUpdate, businessCapability, phoneNumberQuality, templateStatus, userPreferences];

/** The webhook fields that are read as news, by Meta's word. A Map: words come from outside. */
export const NEWS_FIELDS: ReadonlyMap<string, NewsField> = new Map(
  FIELDS.map((field): [string, NewsField] => [field.field, field]),
);
