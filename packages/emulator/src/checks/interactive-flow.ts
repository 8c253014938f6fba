import { invalidParameter, invalidValue } from '../graph/refusal.ts';
import {
  type Check,
  all,
  anything,
  isMissing,
  isRecord,
  looseMembers,
  may,
  members,
  must,
  oneOf,
  text,
} from './check.ts';
import { body, footer, header, lengthOf } from './interactive-frame.ts';

// Meta's text says 30, what it takes is 20.
const CTA_MAX = 20;

const noEmoji: Check = (value) =>
  typeof value === 'string' && /\p{Extended_Pictographic}/u.test(value)
    ? invalidValue('flow_cta cannot have emojis')
    : undefined;

const eitherFlow: Check = (value, path) => {
  if (!isRecord(value)) return undefined;
  const [hasId, hasName] = [!isMissing(value['flow_id']), !isMissing(value['flow_name'])];
  if (hasId !== hasName) return undefined;
  return hasId
    ? invalidParameter(`Parameters 'flow_id' and 'flow_name' of '${path}' exclude each other`)
    : invalidParameter(`Parameter 'flow_id' or 'flow_name' is mandatory for '${path}'`);
};

const filled: Check = (value, path) => {
  if (isRecord(value) && Object.keys(value).length > 0) return undefined;
  return invalidValue(`${path} must be a JSON object that is not empty`);
};

const payload = members({ screen: must(text(256)), data: may(filled) });

/** Only a flow that is opened at a screen is told of it. */
const payloadFits: Check = (value) =>
  isRecord(value) && value['flow_action'] === 'data_exchange' && value['flow_action_payload'] !== undefined
    ? invalidValue('flow_action_payload is for flow_action navigate only')
    : undefined;

const parameters = all(
  members({
    flow_message_version: must(oneOf('3')),
    flow_cta: must(all(lengthOf('flow_cta', CTA_MAX), noEmoji)),
    flow_id: may(text(64)),
    flow_name: may(text(200)),
    mode: may(oneOf('draft', 'published')),
    flow_token: may(text(1_024)),
    flow_action: may(oneOf('data_exchange', 'navigate')),
    flow_action_payload: may(payload),
    flow_metadata: may(looseMembers({})),
  }),
  eitherFlow,
  payloadFits,
);

export const flowMessage = members({
  type: anything,
  header: may(header),
  body,
  footer,
  action: must(members({ name: must(oneOf('flow')), parameters: must(parameters) })),
});
