export { type RecipientsFormat } from './rows/read-row.ts';
export { FAULT_CODES, type FaultCode, type RecipientFault } from './broadcasts/read-recipients.ts';
export { addFromFile, fillBroadcast, type FillReport } from './broadcasts/fill-broadcast.ts';
export { createSeenContacts } from './broadcasts/seen-contacts.ts';
export {
  countOptedOut,
  countSkipped,
  forecast,
  type BroadcastForecast,
} from './broadcasts/plan-broadcast.ts';
export { reportLines } from './broadcasts/report-lines.ts';
export { draftPlan, BroadcastBody } from './broadcasts/draft-plan.ts';
export { importWishes, type ImportedWishes } from './opt-outs/import-wishes.ts';
export { renderWishes } from './opt-outs/render-wishes.ts';
export { changeWish, tenantNumbers, type ToldWish } from './opt-outs/change-wish.ts';
