import { type JsonObject } from '@alur/types';
import { isRecord } from '../checks/check.ts';
import { type ParameterFormat } from './variables.ts';

/** A template in one language, as its WABA has it. */
export interface StoredTemplate {
  id: string;
  wabaId: string;
  name: string;
  language: string;
  /** APPROVED, PENDING, REJECTED, PAUSED, DISABLED, … */
  status: string;
  category: string;
  format: ParameterFormat;
  components: JsonObject[];
  rejectedReason: string;
  quality: { score: string; date: number };
  /** When it was edited, Unix milliseconds, oldest first. */
  editedMs: number[];
  /** What else was given with it, such as `message_send_ttl_seconds`. */
  more: JsonObject;
}

/** The part of this type (`BODY`, `HEADER`, …), if the template has one. */
export function partOf(components: readonly JsonObject[], type: string): JsonObject | undefined {
  return components.find((component) => wordOf(component, 'type') === type);
}

/** The buttons of a template or of a carousel card, in their order. */
export function buttonsOf(components: readonly JsonObject[]): JsonObject[] {
  return objectsOf(partOf(components, 'BUTTONS'), 'buttons');
}

/** A word in capitals, whatever its case; empty when there is none. */
export function wordOf(object: JsonObject, member: string): string {
  return textOf(object, member).toUpperCase();
}

export function textOf(object: JsonObject | undefined, member: string): string {
  const value = object?.[member];
  return typeof value === 'string' ? value : '';
}

export function objectsOf(object: JsonObject | undefined, member: string): JsonObject[] {
  const value = object?.[member];
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

// What stands in JSON is JSON, so only the outermost kind is left to tell.
export function isJsonObject(value: unknown): value is JsonObject {
  return isRecord(value);
}
