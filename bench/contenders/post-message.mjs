import { Agent, request } from 'node:http';

const agent = new Agent({ keepAlive: true, maxSockets: 256 });

/** What the flow of every contender says. */
export function echoOf({ number, message }) {
  return { number, to: message.from, text: `You said: ${message.text.body}` };
}

/** One POST to the Graph API, on kept-alive connections; resolves to the message's id there. */
export function postMessage({ number, to, text }) {
  const body = JSON.stringify({
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to,
    type: 'text',
    text: { body: text },
  });
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port: Number(process.env.GRAPH_PORT),
      path: `/v25.0/${number}/messages`,
      method: 'POST',
      agent,
      headers: {
        authorization: `Bearer token-${number}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      },
    };
    const post = request(options, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve(JSON.parse(Buffer.concat(chunks)).messages[0].id);
        else reject(new Error(`The Graph API answered ${response.statusCode}`));
      });
    });
    post.on('error', reject);
    post.end(body);
  });
}
