import express, { type Request, type Response, type Router } from 'express';
import { type Ids } from './ids.ts';
import { type NumberBook } from './number-book.ts';
import { type NumberSettings } from './options.ts';
import { type Refusal, badParameter, refusalBody, unknownObject } from './refusal.ts';

export interface GraphDeps {
  numbers: NumberBook;
  ids: Ids;
}

/** The Graph calls beside sending: a number, the numbers of a WABA, and Meta's refusal of anything else. */
export function graphApi(deps: GraphDeps): Router {
  const router = express.Router();
  router.get('/:version/:waba/phone_numbers', (request, response) => {
    const found = deps.numbers.authoriseWaba(request.headers.authorization, request.params.waba);
    if ('refusal' in found) return refuse(request, response, found.refusal, deps);
    answer(request, response, { data: found.numbers.map(describe) }, deps);
  });
  router.get('/:version/:number', (request, response) => {
    const found = deps.numbers.authorise(request.headers.authorization, 'get', request.params.number);
    if ('refusal' in found) return refuse(request, response, found.refusal, deps);
    answer(request, response, describe(found.number), deps);
  });
  router.use((request, response) => {
    const id = request.path.split('/')[2];
    const method = request.method === 'GET' ? 'get' : 'post';
    refuse(request, response, id ? unknownObject(method, id) : UNKNOWN_PATH, deps);
  });
  return router;
}

const UNKNOWN_PATH: Refusal = {
  ...badParameter('Unknown path components'),
  code: 2500,
  message: 'Unknown path components: use /{version}/{phone_number_id}/messages',
};

function describe(number: NumberSettings): object {
  return {
    id: number.id,
    display_phone_number: number.displayNumber,
    verified_name: 'Emulated number',
    quality_rating: 'GREEN',
    throughput: { level: number.throughput >= HIGH_THROUGHPUT ? 'HIGH' : 'STANDARD' },
    whatsapp_business_manager_messaging_limit: tierName(number.tierLimit),
  };
}

// Meta raises a number from 80 messages a second to this.
const HIGH_THROUGHPUT = 1_000;

const TIERS: [limit: number, name: string][] = [
  [100_000, 'TIER_100K'],
  [10_000, 'TIER_10K'],
  [2_000, 'TIER_2K'],
  [1_000, 'TIER_1K'],
];

/** The highest of Meta's steps that the limit reaches, so that who keeps to the name keeps to the limit. */
function tierName(limit: number | undefined): string {
  if (limit === undefined) return 'TIER_UNLIMITED';
  return TIERS.find(([step]) => limit >= step)?.[1] ?? 'TIER_250';
}

function refuse(request: Request, response: Response, refusal: Refusal, deps: GraphDeps): void {
  const trace = deps.ids.trace();
  setHeaders(request, response, trace);
  response.status(refusal.http).type('json').send(refusalBody(refusal, trace));
}

function answer(request: Request, response: Response, body: object, deps: GraphDeps): void {
  setHeaders(request, response, deps.ids.trace());
  response.json(body);
}

function setHeaders(request: Request, response: Response, trace: string): void {
  const version = /^\/(v\d+\.\d+)\//.exec(request.originalUrl)?.[1];
  if (version) response.setHeader('facebook-api-version', version);
  response.setHeader('x-fb-trace-id', trace);
}
