/** What the comparison of a send with a definition may find; each is a code of `alur validate`. */
type DefinitionCode = 'E304' | 'E305' | 'E306' | 'E307' | 'E308' | 'E309' | 'E310' | 'W301';

/** Why a template message does not fit the template as its WABA has it. Never quotes what is sent. */
export interface DefinitionFault {
  code: DefinitionCode;
  /** From the send's template object on. */
  path: readonly (string | number)[];
  message: string;
  fix?: string | undefined;
}

export type Fields = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export interface Comparison {
  /** Whether parameters go by name. */
  named: boolean;
  /** Values that are known when the flow runs only: nothing is said of them. */
  isComputed: (value: unknown) => boolean;
}

/** One component of a send, and where it stands. */
export interface SentPart {
  type: string;
  fields: Fields;
  path: readonly (string | number)[];
}

/** What a send says of a template's parts. */
export interface SentParts {
  parts: readonly SentPart[];
  /** Whether there may be more of them than are known yet. */
  isOpen: boolean;
}

/** The components of a send; undefined when they are computed as a whole. */
export function sentParts(
  list: unknown,
  path: readonly (string | number)[],
  { isComputed }: Comparison,
): SentParts | undefined {
  if (isComputed(list)) return undefined;
  const items: readonly unknown[] = Array.isArray(list) ? list : [];
  let isOpen = false;
  const parts = items.flatMap((item, index): SentPart[] => {
    const type = isRecord(item) ? item['type'] : item;
    if (isComputed(item) || isComputed(type)) isOpen = true;
    else if (isRecord(item) && typeof type === 'string')
      return [{ type: type.toLowerCase(), fields: item, path: [...path, index] }];
    return [];
  });
  return { parts, isOpen };
}

/** The parameters of a component; undefined when they are computed as a whole. */
export function parametersOf({ fields }: SentPart, { isComputed }: Comparison): Fields[] | undefined {
  const list = fields['parameters'];
  if (isComputed(list)) return undefined;
  const items: readonly unknown[] = Array.isArray(list) ? list : [];
  return items.some(isComputed) ? undefined : items.filter(isRecord);
}
