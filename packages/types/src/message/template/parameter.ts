import { z } from 'zod';
import { limitRows } from '../limit.ts';
import { DocumentObject, MediaObject } from '../media-source.ts';
import { coordinates } from '../location.ts';
import { ProductSections } from '../interactive/product-list.ts';
import { FRAME_LIMITS } from '../interactive/frame.ts';
import { atMost, numeral } from '../parts.ts';
import { checkPart, schemaFor } from './by-type.ts';

/** A coupon code was said to take 20 characters, too. Meta is not sure of its own figure for a payload: more is doubtful. */
export const PARAMETER_LIMITS = {
  headerParameter: FRAME_LIMITS.headerText,
  urlSuffix: 2000,
  couponCode: 15,
  payloadSafe: 128,
} as const;
export const PARAMETER_ROWS = limitRows('template', 'Meta, "Send message templates"', PARAMETER_LIMITS, {
  headerParameter: 'characters of a parameter in a text header',
  urlSuffix: 'characters of a parameter of a URL button',
  couponCode: 'characters of a coupon code',
  payloadSafe: 'characters of the payload of a quick reply, without a warning',
});

/** What Meta adds to a type later goes through; of what it has today, each is checked. */
export const Parameter = z.looseObject({ type: z.string().min(1) });

const filled = z.string().refine((text) => text.trim() !== '', { error: 'must not be empty' });

/** Meta refuses these with "cannot have new-line/tab characters or more than 4 consecutive spaces". */
const oneLine = filled.refine((text) => !/[\n\r\t]| {5}/.test(text), {
  error: 'a parameter may hold no line break, no tab and no more than four spaces in a row',
});
const TextParameter = z.looseObject({ text: oneLine });

const Name = z.looseObject({
  parameter_name: z
    .string()
    .regex(/^[a-z0-9_]+$/, 'must be lower-case letters, digits and `_`')
    .optional(),
});

const Action = z.looseObject({
  sections: ProductSections.optional(),
  thumbnail_product_retailer_id: z.string().min(1).optional(),
  flow_token: z.string().min(1).optional(),
});

/** By the `type` of a parameter. */
export const PARAMETERS = {
  text: TextParameter,
  payload: z.looseObject({ payload: filled }),
  coupon_code: z.looseObject({ coupon_code: atMost(filled, PARAMETER_LIMITS.couponCode) }),
  currency: z.looseObject({
    currency: z.looseObject({
      fallback_value: filled,
      code: z.string().regex(/^[A-Z]{3}$/, 'must be the three letters of a currency, such as IDR'),
      amount_1000: numeral(/^-?\d+$/, 'a whole number is needed: the amount times 1,000'),
    }),
  }),
  date_time: z.looseObject({ date_time: z.looseObject({ fallback_value: filled }) }),
  image: z.looseObject({ image: MediaObject }),
  video: z.looseObject({ video: MediaObject }),
  gif: z.looseObject({ gif: MediaObject }),
  document: z.looseObject({ document: DocumentObject }),
  location: z.looseObject({ location: z.looseObject(coordinates) }),
  product: z.looseObject({ product: z.looseObject({}) }),
  action: z.looseObject({ action: Action }),
  limited_time_offer: z.looseObject({
    limited_time_offer: z.looseObject({
      expiration_time_ms: numeral(/^\d{12,}$/, 'a time in Unix milliseconds is needed'),
    }),
  }),
  order_status: z.looseObject({ order_status: z.looseObject({}) }),
  tap_target_configuration: z.looseObject({}),
  ttl_minutes: z.looseObject({}),
} as const satisfies Readonly<Record<string, z.ZodType>>;
export type ParameterType = keyof typeof PARAMETERS;

interface ParameterRules {
  /** What the parameters belong to, in words. */
  owner: string;
  /** Which of the known types it takes; left out: any. */
  types?: readonly ParameterType[];
  /** Of a text. */
  textMax?: number;
}

/** The parameters of one component. Checks only: what is right goes through as it is. */
export function parametersOf({ owner, types, textMax }: ParameterRules) {
  const LongText = textMax === undefined ? undefined : z.looseObject({ text: atMost(z.string(), textMax) });
  return z
    .array(Parameter)
    .superRefine((parameters, context) => {
      for (const [index, parameter] of parameters.entries()) {
        const schema = schemaFor(PARAMETERS, parameter.type);
        if (schema && types && !types.some((type) => type === parameter.type.toLowerCase())) {
          const message = `A ${owner} has no parameter of type \`${parameter.type.toLowerCase()}\`: it takes ${types.join(', ') || 'none'}`;
          context.addIssue({ code: 'custom', message, path: [index, 'type'] });
          continue;
        }
        checkPart(schema, parameter, [index], context);
        checkPart(Name, parameter, [index], context);
        if (schema === TextParameter) checkPart(LongText, parameter, [index], context);
      }
    })
    .superRefine(checkNames);
}

function checkNames(parameters: readonly z.infer<typeof Parameter>[], context: z.core.$RefinementCtx): void {
  const named = parameters.map((parameter) => parameter['parameter_name'] !== undefined);
  if (!named.includes(true) || !named.includes(false)) return;
  const message =
    'Parameters with a `parameter_name` and without one are mixed: name all, as the template does, or none';
  context.addIssue({ code: 'custom', message, path: [named.indexOf(named[0] !== true)] });
}
