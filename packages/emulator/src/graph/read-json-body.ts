import { type IncomingMessage } from 'node:http';
import { type Json, type JsonObject } from '@alur/types';
import { isRecord } from '../checks/check.ts';

const BODY_MAX = 1_048_576;

/**
 * The request's JSON object, or what its web form says. A body that is neither, or longer than 1 MiB, reads as an empty
 * one: Graph sees no parameters in it and refuses it for the first one that is missing.
 */
export async function readJsonBody(request: IncomingMessage): Promise<JsonObject> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size <= BODY_MAX) chunks.push(chunk);
  }
  if (size === 0 || size > BODY_MAX) return {};
  const text = Buffer.concat(chunks).toString('utf8');
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  return isForm && !text.trimStart().startsWith('{') ? parseForm(text) : parseObject(text);
}

/** The pairs of a web form; objects and arrays are written in it as JSON. */
function parseForm(text: string): JsonObject {
  const form: JsonObject = {};
  for (const [name, value] of new URLSearchParams(text)) form[name] = parseMember(value);
  return form;
}

/**
 * Query and body are one set of parameters; what both say is the body's. The token and its proof are no part of it: they say
 * who calls.
 */
export function withQuery(body: JsonObject, query: string): JsonObject {
  if (query === '') return body;
  const given = parseForm(query);
  delete given['access_token'];
  delete given['appsecret_proof'];
  return { ...given, ...body };
}

/** Graph takes an object or array that is written as JSON within a string; other strings stay what they are. */
export function parseMember(value: string): Json {
  const wrapped = /^\s*[[{]/.test(value) ? parseObject(`{"value":${value}}`) : {};
  return wrapped['value'] ?? value;
}

function parseObject(text: string): JsonObject {
  try {
    const parsed: unknown = JSON.parse(text);
    return isJsonObject(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

// What JSON.parse made holds nothing but JSON, so only the outermost kind is left to tell.
function isJsonObject(parsed: unknown): parsed is JsonObject {
  return isRecord(parsed);
}
