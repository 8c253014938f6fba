import { type Finding } from '../finding.ts';

/** What `alur validate` says of sends that do not fit their template. */
const FORM: ReadonlySet<string> = new Set(['E304', 'E306', 'E307', 'E308', 'E309', 'E310', 'E311']);
/** What it says of a template that Meta does not let go. */
const STATE: ReadonlySet<string> = new Set(['E305', 'W301']);

/** Whether a finding comes from a comparison with templates that were pulled: these change at Meta, and not in the flows. */
export function isTemplateFault({ code }: Finding): boolean {
  return FORM.has(code) || STATE.has(code);
}

/** Whether it is about a template's state at Meta alone, which may be another one by now. */
export function isTemplateState({ code }: Finding): boolean {
  return STATE.has(code);
}
