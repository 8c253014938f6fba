import {
  type Check,
  anything,
  integer,
  isRecord,
  looseMembers,
  may,
  members,
  must,
  oneOf,
  text,
} from './check.ts';
import { carouselMessage } from './interactive-carousel.ts';
import { buttonMessage, linkMessage, listMessage } from './interactive-choices.ts';
import {
  catalogMessage,
  orderDetailsMessage,
  orderStatusMessage,
  productListMessage,
  productMessage,
} from './interactive-commerce.ts';
import { flowMessage } from './interactive-flow.ts';
import { body, footer, lengthOf, namedAction, optionalBody, textHeader } from './interactive-frame.ts';

// Source: Meta, "Calling API": the longest life of a call button.
const CALL_MINUTES_MAX = 43_200;

const addressMessage = members({
  type: anything,
  header: may(textHeader),
  body,
  footer,
  action: must(
    members({
      name: must(oneOf('address_message')),
      parameters: must(
        members({
          country: must(oneOf('IN', 'SG')),
          values: may(looseMembers({})),
          saved_addresses: anything,
          validation_errors: may(looseMembers({})),
        }),
      ),
    }),
  ),
});

const callMessage = members({
  type: anything,
  body,
  action: must(
    members({
      name: must(oneOf('voice_call')),
      parameters: may(
        members({
          display_text: may(lengthOf('Button text', 20)),
          ttl_minutes: may(integer(1, CALL_MINUTES_MAX)),
          payload: may(text(512)),
        }),
      ),
    }),
  ),
});

/** Each kind with its members and limits. Source: Meta, "Interactive messages" and the pages of each kind. */
const FORMS: Record<string, Check> = {
  button: buttonMessage,
  list: listMessage,
  cta_url: linkMessage,
  location_request_message: members({ type: anything, body, action: namedAction('send_location') }),
  flow: flowMessage,
  product: productMessage,
  product_list: productListMessage,
  catalog_message: catalogMessage,
  address_message: addressMessage,
  carousel: carouselMessage,
  request_contact_info: members({ type: anything, body, action: namedAction('request_contact_info') }),
  call_permission_request: members({
    type: anything,
    body: optionalBody,
    action: namedAction('call_permission_request'),
  }),
  voice_call: callMessage,
  order_details: orderDetailsMessage,
  order_status: orderStatusMessage,
};

const type = must(oneOf(...Object.keys(FORMS)));

/** The `interactive` object: its kind, then that kind's members and limits. */
export const interactive: Check = (value, path) => {
  const kind = isRecord(value) ? value['type'] : undefined;
  const wrongType = isRecord(value) ? type(kind, `${path}['type']`) : undefined;
  if (wrongType) return wrongType;
  const form = typeof kind === 'string' ? FORMS[kind.toLowerCase()] : undefined;
  return (form ?? looseMembers({}))(value, path);
};
