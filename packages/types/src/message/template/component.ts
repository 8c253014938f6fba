import { z } from 'zod';
import { limitRows } from '../limit.ts';
import { numeral, STRUCTURAL } from '../parts.ts';
import { CAROUSEL_LIMITS } from '../interactive/carousel.ts';
import { checkPart, schemaFor } from './by-type.ts';
import { Parameter, PARAMETER_LIMITS, parametersOf, type ParameterType } from './parameter.ts';

export const COMPONENT_LIMITS = { templateCards: 10, templateCardsMin: 2, buttonIndex: 9 } as const;
export const COMPONENT_ROWS = limitRows('template', 'Meta, "Send message templates"', COMPONENT_LIMITS, {
  templateCards: 'cards of a carousel',
  templateCardsMin: 'cards of a carousel, at least',
  buttonIndex: 'the last `index` of a button, counted from 0',
});

const BUTTON_TYPES: Readonly<Record<string, readonly ParameterType[] | undefined>> = {
  quick_reply: ['payload'],
  url: ['text'],
  copy_code: ['coupon_code'],
  flow: ['action'],
  catalog: ['action'],
  mpm: ['action'],
  spm: ['action'],
  order_details: ['action'],
  voice_call: undefined,
};

const BUTTONS = Object.fromEntries(
  Object.entries(BUTTON_TYPES).map(([name, types]) => {
    const textMax = PARAMETER_LIMITS.urlSuffix;
    const parameters = parametersOf({ owner: `${name} button`, textMax, ...(types && { types }) });
    return [name, z.looseObject({ parameters: parameters.optional() })];
  }),
);

const index = (of: string) =>
  numeral(/^\d$/, `a number from 0 to ${COMPONENT_LIMITS.buttonIndex} is needed; count ${of} from 0`);

const Button = z
  .looseObject({
    sub_type: z.string().min(1),
    index: index('the buttons of the template'),
  })
  .superRefine((button, context) => {
    checkPart(schemaFor(BUTTONS, button.sub_type), button, [], context);
  });

const HEADER_TYPES = ['text', 'image', 'video', 'document', 'gif', 'location', 'product'] as const;
const BODY_TYPES = ['text', 'currency', 'date_time'] as const;

const Header = z.looseObject({
  parameters: parametersOf({
    owner: 'header',
    types: HEADER_TYPES,
    textMax: PARAMETER_LIMITS.headerParameter,
  })
    .refine((parameters) => parameters.length <= 1, {
      error: 'A header has one parameter at most',
      params: STRUCTURAL,
      path: [1],
    })
    .optional(),
});

const Footer = z.looseObject({
  parameters: z
    .array(z.unknown())
    .refine((parameters) => parameters.length === 0, {
      error: 'a footer has no parameters',
      params: STRUCTURAL,
    })
    .optional(),
});

const body = (textMax?: number) =>
  z.looseObject({
    parameters: parametersOf({
      owner: 'body',
      types: BODY_TYPES,
      ...(textMax !== undefined && { textMax }),
    }).optional(),
  });

const only = (type: ParameterType) =>
  z.looseObject({ parameters: parametersOf({ owner: type, types: [type] }).optional() });

/** What a card may hold is what a template may. Here a body is short. */
const CARD_COMPONENTS = { header: Header, body: body(CAROUSEL_LIMITS.cardBody), button: Button };

const Card = z.looseObject({
  card_index: index('the cards'),
  components: z.array(componentOf(CARD_COMPONENTS)).optional(),
});

const Carousel = z.looseObject({
  cards: z.array(Card).superRefine((cards, context) => {
    const { templateCards: max, templateCardsMin: min } = COMPONENT_LIMITS;
    if (cards.length >= min && cards.length <= max) return;
    const message = `A carousel has ${min} to ${max} cards`;
    context.addIssue({ code: 'custom', message, params: STRUCTURAL });
  }),
});

const COMPONENTS = {
  header: Header,
  body: body(),
  footer: Footer,
  button: Button,
  carousel: Carousel,
  limited_time_offer: only('limited_time_offer'),
  order_status: only('order_status'),
  tap_target_configuration: z.looseObject({}),
};

/** A part of a template message as Meta has it. One of a kind that is not known goes through. */
export const TemplateComponent = componentOf(COMPONENTS);

function componentOf(schemas: Readonly<Record<string, z.ZodType>>) {
  return z
    .looseObject({ type: z.string().min(1), parameters: z.array(Parameter).optional() })
    .superRefine((component, context) => {
      checkPart(schemaFor(schemas, component.type), component, [], context);
    });
}

/** The kinds that are checked, in small letters: others may be of Meta's future, or misspelt. */
export const TEMPLATE_KINDS = {
  components: Object.keys(COMPONENTS),
  buttons: Object.keys(BUTTONS),
} as const;
