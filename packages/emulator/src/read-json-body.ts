import { type IncomingMessage } from 'node:http';
import { type JsonObject } from '@alur/types';
import { isRecord } from './check.ts';

const BODY_MAX = 1_048_576;

/**
 * The request's JSON object. A body that is none, or longer than 1 MiB, reads as an empty one: Graph sees no
 * parameters in it and refuses it for the first one that is missing.
 */
export async function readJsonBody(request: IncomingMessage): Promise<JsonObject> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size <= BODY_MAX) chunks.push(chunk);
  }
  return size > BODY_MAX ? {} : parseObject(Buffer.concat(chunks).toString('utf8'));
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
