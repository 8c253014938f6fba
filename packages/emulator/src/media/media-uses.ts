import { MediaType, type JsonObject, readAs } from '@alur/types';
import { isRecord } from '../checks/check.ts';

/** One file that a message needs: by id, or from a link. */
export interface MediaUse {
  type: MediaType;
  /** Where it stands in the message, as refusals name it. */
  path: string;
  id: string | undefined;
  link: string | undefined;
  isVoice: boolean;
}

/** The files of a message: its own, those of headers and cards, those of template parameters. */
export function mediaUses(body: JsonObject, type: string): MediaUse[] {
  switch (type) {
    case 'text':
    case 'location':
    case 'reaction':
    case 'contacts':
      return [];
    case 'interactive':
      return inInteractive(body[type], type);
    case 'template':
      return isRecord(body[type]) ? inComponents(body[type]['components'], `${type}['components']`) : [];
    default:
      return useOf(type, body[type], type);
  }
}

function useOf(kind: unknown, value: unknown, path: string): MediaUse[] {
  const type = readAs(MediaType, typeof kind === 'string' ? kind.toLowerCase() : kind);
  if (!type.success || !isRecord(value)) return [];
  const { id, link, voice } = value;
  return [
    {
      type: type.data,
      path,
      id: typeof id === 'string' ? id : undefined,
      link: typeof link === 'string' ? link : undefined,
      isVoice: voice === true,
    },
  ];
}

/** Of an object that names its kind and has a member of that name: a header, a parameter. */
function inTagged(value: unknown, path: string): MediaUse[] {
  if (!isRecord(value)) return [];
  const kind = String(value['type']).toLowerCase();
  return useOf(kind, value[kind], `${path}['${kind}']`);
}

function inInteractive(value: unknown, path: string): MediaUse[] {
  if (!isRecord(value)) return [];
  const { action } = value;
  const cards = isRecord(action) && Array.isArray(action['cards']) ? action['cards'] : [];
  return [
    ...inTagged(value['header'], `${path}['header']`),
    ...cards.flatMap((card: unknown, index) =>
      isRecord(card) ? inTagged(card['header'], `${path}['action']['cards'][${index}]['header']`) : [],
    ),
  ];
}

function inComponents(components: unknown, path: string): MediaUse[] {
  if (!Array.isArray(components)) return [];
  return components.flatMap((component: unknown, index) => {
    if (!isRecord(component)) return [];
    const here = `${path}[${index}]`;
    const parameters = Array.isArray(component['parameters']) ? component['parameters'] : [];
    const cards = Array.isArray(component['cards']) ? component['cards'] : [];
    return [
      ...parameters.flatMap((parameter: unknown, at) => inTagged(parameter, `${here}['parameters'][${at}]`)),
      ...cards.flatMap((card: unknown, at) =>
        isRecord(card) ? inComponents(card['components'], `${here}['cards'][${at}]['components']`) : [],
      ),
    ];
  });
}
