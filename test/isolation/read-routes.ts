import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { ApiRoute } from './world.ts';

const Description = z.looseObject({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.looseObject({
        requestBody: z.looseObject({ content: z.record(z.string(), z.unknown()) }).optional(),
      }),
    ),
  ),
});
const Method = z.enum(['GET', 'POST', 'PUT', 'DELETE']);

/** Every path of the API, by its published description. */
export async function readRoutes(): Promise<[ApiRoute, ...ApiRoute[]]> {
  const file = new URL('../../schema/openapi.json', import.meta.url);
  const { paths } = Description.parse(JSON.parse(await readFile(file, 'utf8')));
  const [first, ...others] = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([verb, { requestBody }]): ApiRoute => {
      const method = Method.parse(verb.toUpperCase());
      const [contentType] = Object.keys(requestBody?.content ?? {});
      return { name: `${method} ${path}`, method, path, contentType };
    }),
  );
  if (first === undefined) throw new Error('the description of the API names no path');
  return [first, ...others];
}
