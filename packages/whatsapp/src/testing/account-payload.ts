import { type Json } from '@alur/types';
import { type AccountNews } from '../webhook/news/account-news.ts';

/**
 * The value of a field beside `messages`, and what of it bears on sending; of templates, tests of their own say that. `field` is
 * the name that it comes under, `isOf` the field that it is of where that is another.
 */
export interface AccountPayload {
  label: string;
  field: string;
  isOf?: string;
  value: Json;
  news?: readonly AccountNews[];
  alert?: string;
}
