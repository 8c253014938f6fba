/** What Meta answers instead of accepting: one Graph error, not yet in its envelope. */
export interface Refusal {
  http: number;
  code: number;
  subcode?: number;
  type?: 'OAuthException' | 'GraphMethodException';
  /** The whole `error.message`, `(#code)` included where Meta writes it. */
  message: string;
  details?: string;
  /** Meta's own word that it may go well later; left out of the answer when not said. */
  isTransient?: boolean;
  /** What Meta writes for people, of refusals about templates: a title and a sentence. */
  user?: { title: string; message: string };
}

/** What a failed status says of a message: a Graph error without its HTTP side. */
export interface GraphFailure {
  code: number;
  title: string;
  details?: string | undefined;
}

/** 100, with the text that names the parameter. */
export function badParameter(text: string): Refusal {
  return { http: 400, code: 100, message: `(#100) ${text}` };
}

/** 100 for a member that is not there; its path is written as PHP does: `text['body']`. */
export function missingParameter(path: string): Refusal {
  return badParameter(`The parameter ${path} is required.`);
}

/** 100 `Invalid parameter`, what is wrong in the details. */
export function invalidParameter(details: string): Refusal {
  return { ...badParameter('Invalid parameter'), details };
}

/** 131009, what is wrong in the details. */
export function invalidValue(details: string): Refusal {
  return { http: 400, code: 131009, message: '(#131009) Parameter value is not valid', details };
}

/** 131008, what is missing in the details. */
export function missingValue(details: string): Refusal {
  return { http: 400, code: 131008, message: '(#131008) Required parameter is missing', details };
}

/** 100 `Invalid parameter` with Meta's subcode and its words for people, as calls about templates are refused. */
export function badTemplate(subcode: number, title: string, message: string): Refusal {
  return {
    http: 400,
    code: 100,
    subcode,
    message: 'Invalid parameter',
    isTransient: false,
    user: { title, message },
  };
}

/** Any other code: `(#code) title`, HTTP 400. */
export function refusal(code: number, title: string, details?: string): Refusal {
  return { http: 400, code, message: `(#${code}) ${title}`, ...(details === undefined ? {} : { details }) };
}

/** 100 with subcode 33: no such object, or the token may not see it. */
export function unknownObject(method: 'get' | 'post' | 'delete', id: string): Refusal {
  return {
    http: 400,
    code: 100,
    subcode: 33,
    type: 'GraphMethodException',
    message:
      `Unsupported ${method} request. Object with ID '${id}' does not exist, cannot be loaded due to missing ` +
      'permissions, or does not support this operation. Please read the Graph API documentation at ' +
      'https://developers.facebook.com/docs/graph-api',
  };
}

/** 2500: a path that leads nowhere. */
export function unknownPath(path: string): Refusal {
  return { http: 400, code: 2500, message: `Unknown path components: ${path}` };
}

/** 190: no token, one that no number of the emulator has, or one that was replaced. */
export function badToken(isPresent: boolean, expired?: { atMs: number; nowMs: number }): Refusal {
  if (expired !== undefined) {
    const [at, now] = [pacificTime(expired.atMs), pacificTime(expired.nowMs)];
    const message = `Error validating access token: Session has expired on ${at}. The current time is ${now}.`;
    return { http: 401, code: 190, subcode: 463, message };
  }
  const message = isPresent
    ? 'Invalid OAuth access token - Cannot parse access token'
    : 'Authentication Error: an access token is required to request this resource.';
  return { http: 401, code: 190, message };
}

const PACIFIC = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/Los_Angeles',
  weekday: 'long',
  day: '2-digit',
  month: 'short',
  year: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
  timeZoneName: 'short',
});

/** `Friday, 27-Nov-26 13:15:00 PST`: Meta tells the time of its own coast. */
function pacificTime(ms: number): string {
  const parts = new Map(PACIFIC.formatToParts(ms).map(({ type, value }) => [type, value]));
  const [day, month, year] = [parts.get('day'), parts.get('month'), parts.get('year')];
  const time = [parts.get('hour'), parts.get('minute'), parts.get('second')].join(':');
  return `${parts.get('weekday')}, ${day}-${month}-${year} ${time} ${parts.get('timeZoneName')}`;
}

/** The header that comes with 401: who looks only at headers learns why, too. */
export function authenticateHeader({ message }: Refusal): string {
  return `OAuth "Facebook Platform" "invalid_token" ${JSON.stringify(message)}`;
}

/** Meta's error envelope. */
export function refusalBody(refusal: Refusal, traceId: string): string {
  return JSON.stringify({
    error: {
      message: refusal.message,
      type: refusal.type ?? 'OAuthException',
      code: refusal.code,
      ...(refusal.subcode === undefined ? {} : { error_subcode: refusal.subcode }),
      ...(refusal.details === undefined
        ? {}
        : { error_data: { messaging_product: 'whatsapp', details: refusal.details } }),
      ...(refusal.isTransient === undefined ? {} : { is_transient: refusal.isTransient }),
      ...(refusal.user && { error_user_title: refusal.user.title, error_user_msg: refusal.user.message }),
      fbtrace_id: traceId,
    },
  });
}
