import { isRecord, must, oneOf, text, written } from '../checks/check.ts';
import { type Calls, SUCCESS } from '../graph/graph-call.ts';
import { refusal } from '../graph/refusal.ts';
import { type NumberSettings } from '../options.ts';

// Source: Meta, "Phone number settings".
const SETTINGS = ['calling', 'storage_configuration', 'user_identity_change', 'payload_encryption'];

/** `settings` of a number: kept and shown, without effect here. */
export function settingCalls(): Calls<NumberSettings> {
  const byNumber = new Map<string, Record<string, unknown>>();
  const usual = { storage_configuration: { status: 'DEFAULT' } };
  return {
    'GET settings': (_call, { id }) => ({ json: { ...usual, ...byNumber.get(id) } }),
    'POST settings': (call, { id }) => {
      const settings: Record<string, unknown> = { ...byNumber.get(id) };
      for (const name of SETTINGS) if (isRecord(call.params[name])) settings[name] = call.params[name];
      byNumber.set(id, settings);
      return SUCCESS;
    },
  };
}

const method = must(oneOf('SMS', 'VOICE'));
const language = must(text(16));

/** The code that proves that a number is one's own: asked for, and any six digits are right. */
export function verificationCalls(): Calls<NumberSettings> {
  return {
    'POST request_code': ({ params }) => {
      const wrong = method(params['code_method'], 'code_method') ?? language(params['language'], 'language');
      return wrong ? { refusal: wrong } : SUCCESS;
    },
    'POST verify_code': ({ params }) => {
      const wrong = must(() => undefined)(params['code'], 'code');
      if (wrong) return { refusal: wrong };
      return /^\d{6}$/.test(written(params['code'])) ? SUCCESS : { refusal: WRONG_CODE };
    },
  };
}

const WRONG_CODE = refusal(136025, "Code couldn't be verified", 'The code is not the one that was sent.');
