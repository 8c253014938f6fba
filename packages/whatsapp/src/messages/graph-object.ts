import { type JsonObject } from '@alur/types';
import { plainObject } from '../plain-json.ts';
import { RenderError } from './render-error.ts';

/** An author's object as it goes out: members without a value are left out, nothing is added. */
export function graphObject(value: object): JsonObject {
  const plain = plainObject(value);
  if (plain === undefined) {
    throw new RenderError('not_json', 'Cannot render message: it holds a value that JSON cannot carry');
  }
  return plain;
}
