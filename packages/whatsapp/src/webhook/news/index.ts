import { type NewsField } from './account-news.ts';
import { accountUpdate } from './account-update.ts';
import { businessCapability } from './business-capability.ts';
import { phoneNumberQuality } from './phone-number-quality.ts';
import { templateCategory } from './template-category.ts';
import { templateComponents } from './template-components.ts';
import { templateQuality } from './template-quality.ts';
import { templateStatus } from './template-status.ts';
import { userPreferences } from './user-preferences.ts';

const FIELDS = [
  accountUpdate,
  businessCapability,
  phoneNumberQuality,
  templateCategory,
  templateComponents,
  templateQuality,
  templateStatus,
  userPreferences,
];

/** The webhook fields that are read as news, by Meta's word. A Map: words come from outside. */
export const NEWS_FIELDS: ReadonlyMap<string, NewsField> = new Map(
  FIELDS.map((field): [string, NewsField] => [field.field, field]),
);
