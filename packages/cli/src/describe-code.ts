export { describeCode, OPERATOR, type CodeNote } from '@alur/whatsapp';
