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

/** 100 with subcode 33: no such object, or the token may not see it. */
export function unknownObject(method: 'get' | 'post', id: string): Refusal {
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

/** 190: no token, one that no number of the emulator has, or one that was replaced. */
export function badToken(isPresent: boolean, expiredAtMs?: number): Refusal {
  if (expiredAtMs !== undefined) {
    const at = new Date(expiredAtMs).toUTCString();
    const message = `Error validating access token: Session has expired on ${at}.`;
    return { http: 401, code: 190, subcode: 463, message };
  }
  const message = isPresent
    ? 'Invalid OAuth access token - Cannot parse access token'
    : 'Authentication Error: an access token is required to request this resource.';
  return { http: 401, code: 190, message };
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
      fbtrace_id: traceId,
    },
  });
}
