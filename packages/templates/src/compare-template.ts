import { type TemplateDefinition } from '@alur/types';
import { compareAuthentication } from './compare-authentication.ts';
import { compareButtons } from './compare-buttons.ts';
import { compareCards } from './compare-cards.ts';
import { compareHeader } from './compare-header.ts';
import { compareParameters } from './compare-parameters.ts';
import {
  type Comparison,
  type DefinitionFault,
  type Fields,
  type SentParts,
  sentParts,
} from './definition-fault.ts';
import { type DefinedParts, definedParts, isNamed, variablesOf } from './definition-parts.ts';

// What Meta would refuse with 132000, 132012, 131008 and the like, told before anything is sent. The same comparison runs
// when flows are checked, where computed values are passed over, and before a message is queued, where nothing is computed
// any more. The state of a template is no part of it: that changes without anybody's doing here.

/** What is wrong with a send of this template. `send` is the Graph API's template object, as written or as rendered. */
export function compareTemplate(
  send: Fields,
  definition: TemplateDefinition,
  isComputed: Comparison['isComputed'] = () => false,
): DefinitionFault[] {
  const comparison = { named: isNamed(definition), isComputed };
  const path = ['components'];
  const defined = partsOf(definition);
  const faults = compareParts(defined, send['components'], path, comparison);
  if (faults.length > 0 || definition.category.toUpperCase() !== 'AUTHENTICATION') return faults;
  const sent = sentParts(send['components'], path, comparison);
  if (!sent) return [];
  return compareAuthentication(
    find(sent, 'body'),
    sent.parts.filter(({ type }) => type === 'button'),
    comparison,
  );
}

const partsOfDefinitions = new WeakMap<TemplateDefinition, DefinedParts>();

/** Each definition is read once: it is compared with every send of a turn. */
function partsOf(definition: TemplateDefinition): DefinedParts {
  const parts = partsOfDefinitions.get(definition) ?? definedParts(definition.components);
  partsOfDefinitions.set(definition, parts);
  return parts;
}

function compareParts(
  defined: DefinedParts,
  components: unknown,
  path: DefinitionFault['path'],
  comparison: Comparison,
): DefinitionFault[] {
  const sent = sentParts(components, path, comparison);
  if (!sent) return [];
  const inside = (parts: DefinedParts, list: unknown, at: DefinitionFault['path']) =>
    compareParts(parts, list, at, comparison);
  const header = find(sent, 'header');
  const body = find(sent, 'body');
  const carousel = find(sent, 'carousel');
  const buttons = sent.parts.filter(({ type }) => type === 'button');
  // What is missing may be in a component that is computed.
  const isOpen = (part: unknown) => sent.isOpen && part === undefined;
  const faults = [
    ...(isOpen(header) ? [] : compareHeader(defined.header, header, comparison)),
    ...(isOpen(body) ? [] : compareParameters('body', variablesOf(defined.body?.text), body, comparison)),
    ...compareButtons(defined.buttons, buttons, sent.isOpen, comparison),
    ...(isOpen(carousel) ? [] : compareCards(defined.cards, carousel, inside, comparison)),
    ...compareOffer(defined.offer, sent),
  ];
  return faults.map((fault) =>
    fault.path.length > 0 ? fault : { ...fault, path: placeOf(components, path) },
  );
}

/** What is missing is told at the list that it belongs into; where that is missing, too, at what holds it. */
function placeOf(components: unknown, path: DefinitionFault['path']): DefinitionFault['path'] {
  return components === undefined ? path.slice(0, -1) : path;
}

function find({ parts }: SentParts, type: string) {
  return parts.find((part) => part.type === type);
}

function compareOffer(offer: DefinedParts['offer'], sent: SentParts): DefinitionFault[] {
  const part = find(sent, 'limited_time_offer');
  if (part && !offer)
    return [
      {
        code: 'E309',
        path: part.path,
        message: 'This template has no limited-time offer',
        fix: 'leave it out',
      },
    ];
  if (part || offer?.ends !== true || sent.isOpen) return [];
  const message = 'This template is a limited-time offer with an end, and the send does not say when';
  const fix = 'add a component of type `limited_time_offer` with `expiration_time_ms`';
  return [{ code: 'E309', path: [], message, fix }];
}
