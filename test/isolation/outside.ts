import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { marksIn, tokenOf, type Party } from './parties.ts';

// All that the system can reach: Meta, the web service of the flows, the subscribers. Each checks what it gets: whose it is, and
// whether anything in it is of another team.

/** A message that reached Meta. */
export interface Sent {
  party: Party;
  number: string;
  to: string;
  wamid: string;
  mid: string;
  tag: string;
  text: string;
}

export interface Outside {
  graphUrl: string;
  webUrl: string;
  counts: { sent: number; read: number; media: number; web: number; told: number; unsigned: number };
  /** Parties whose subscriber has heard something. */
  told: Set<Party>;
  close(): Promise<void>;
}

export interface OutsideDeps {
  parties: readonly Party[];
  onSent: (sent: Sent) => void;
  /** Something of one team was seen at another. */
  onCrossing: (what: string) => void;
}

export async function startOutside(deps: OutsideDeps): Promise<Outside> {
  const counts = { sent: 0, read: 0, media: 0, web: 0, told: 0, unsigned: 0 };
  const told = new Set<Party>();
  const graph = createServer((request, response) => void serve(request, response, answerGraph));
  const web = createServer((request, response) => void serve(request, response, answerWeb));
  const graphUrl = await listen(graph);
  const webUrl = await listen(web);
  const wamids = new Map<string, number>();

  function answerGraph(request: IncomingMessage, body: string): Answer {
    const number = numberOfToken(request.headers.authorization);
    const party = deps.parties.find((each) => number !== undefined && each.numbers.includes(number));
    if (number === undefined || party === undefined) return refuse(190, 'no such token');
    const [, first = '', id = '', last = ''] = (request.url ?? '').split(/[/?]/);
    if (first === 'file') return file(id, last, number, party);
    if (request.method === 'GET') return described(id, number);
    if (last !== 'messages') return refuse(100, 'no such call');
    if (id !== number) deps.onCrossing(`the token of ${number} was used for ${id}`);
    return take(body, number, party);
  }

  function take(body: string, number: string, party: Party): Answer {
    checkMarks(deps, body, party, `a message of ${number}`);
    const message = new Map(Object.entries(Object(JSON.parse(body))));
    if (message.get('status') === 'read') {
      counts.read += 1;
      return { status: 200, body: '{"success":true}' };
    }
    const count = (wamids.get(number) ?? 0) + 1;
    wamids.set(number, count);
    counts.sent += 1;
    const wamid = `wamid.OUT.${count}`;
    const tag = String(message.get('biz_opaque_callback_data'));
    const to = String(message.get('to') ?? message.get('recipient'));
    deps.onSent({ party, number, to, wamid, mid: tag.slice(3, 35), tag, text: body });
    return {
      status: 200,
      body: JSON.stringify({ messaging_product: 'whatsapp', messages: [{ id: wamid }] }),
    };
  }

  // Every number has a file under every id, each with its own content.
  function described(id: string, number: string): Answer {
    counts.media += 1;
    const bytes = contentOf(number, id);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const url = `${graphUrl}/file/${id}/${number}`;
    const facts = { url, mime_type: 'text/plain', sha256, file_size: bytes.length, id };
    return { status: 200, body: JSON.stringify({ messaging_product: 'whatsapp', ...facts }) };
  }

  function file(id: string, owner: string, number: string, party: Party): Answer {
    if (owner !== number) deps.onCrossing(`the file of ${owner} was asked for by ${party.mark}`);
    return { status: 200, body: contentOf(owner, id) };
  }

  function contentOf(number: string, id: string): string {
    const owner = deps.parties.find(({ numbers }) => numbers.includes(number));
    return `MK${owner?.mark ?? 'no.body'}: file ${id}`;
  }

  function answerWeb(request: IncomingMessage, body: string): Answer {
    const [, what = '', tenant, team] = (request.url ?? '').split('/');
    const party = deps.parties.find((each) => each.tenant === tenant && each.team === team);
    if (party === undefined) return refuse(404, 'nobody');
    checkMarks(deps, body, party, `${what} of ${party.mark}`);
    if (what === 'web') {
      counts.web += 1;
      if (request.headers['x-key'] !== party.flowSecret)
        deps.onCrossing(`${party.mark} used another's flow secret`);
      return { status: 200, body: JSON.stringify({ said: `MK${party.mark}: said` }) };
    }
    counts.told += 1;
    told.add(party);
    if (!isSigned(request, body, party.subscriberSecret)) {
      counts.unsigned += 1;
      deps.onCrossing(`the subscriber of ${party.mark} heard what another's secret signed`);
    }
    const of = /"tenant":"([a-z]+)","team":"([a-z]+)"/.exec(body);
    if (of !== null && `${of[1] ?? ''}.${of[2] ?? ''}` !== party.mark)
      deps.onCrossing(`${party.mark} heard of ${of[0]}`);
    return { status: 200, body: '{}' };
  }

  const close = async () => {
    for (const server of [graph, web]) {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    }
  };
  return { graphUrl, webUrl, counts, told, close };
}

/** Says so when a text has a mark of another team. */
export function checkMarks(
  { onCrossing }: Pick<OutsideDeps, 'onCrossing'>,
  text: string,
  party: Party,
  where: string,
): void {
  const foreign = marksIn(text).find((mark) => mark !== party.mark);
  if (foreign !== undefined) onCrossing(`${where} shows ${foreign} to ${party.mark}: ${text.slice(0, 500)}`);
}

interface Answer {
  status: number;
  body: string;
}

function refuse(code: number, message: string): Answer {
  return { status: 400, body: JSON.stringify({ error: { message, type: 'OAuthException', code } }) };
}

function numberOfToken(authorization: string | undefined): string | undefined {
  const number = /([0-9]+)$/.exec(authorization ?? '')?.[1];
  return number !== undefined && authorization === `Bearer ${tokenOf(number)}` ? number : undefined;
}

function isSigned({ headers }: IncomingMessage, body: string, secret: string): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = headers;
  const digest = createHmac('sha256', secret)
    .update(`${String(id)}.${String(at)}.${body}`)
    .digest('base64');
  return String(signature).split(' ').includes(`v1,${digest}`);
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (request: IncomingMessage, body: string) => Answer,
): Promise<void> {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(request, 'end');
  const { status, body } = answer(request, Buffer.concat(chunks).toString());
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
}

async function listen(server: ReturnType<typeof createServer>): Promise<string> {
  server.keepAliveTimeout = 65_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}
