/** Why a call has no answer: the `code` of a result of kind `failed`. */
export const WEB_FAILURE_CODES = [
  'address_refused',
  'bad_answer',
  'bad_certificate',
  'bad_json',
  'bad_request',
  'busy',
  'secret_missing',
  'stopped',
  'timeout',
  'too_large',
  'unreachable',
] as const;
export type WebFailureCode = (typeof WEB_FAILURE_CODES)[number];

/** Ends a call from wherever it has got to. Its message holds nothing of the address, of a secret or of the answer. */
export class WebFailure extends Error {
  override readonly name = 'WebFailure';
  readonly code: WebFailureCode;
  constructor(code: WebFailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

const CERTIFICATE =
  /^(?:CERT_|ERR_TLS_CERT|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(?:GET|VERIFY|DECRYPT|DECODE)|HOSTNAME_)/;

/**
 * What an error of Node's means for the flow. None is thrown on: a call that throws would be tried for ever. Node's own
 * messages name addresses, so none of them is passed on.
 */
export function toWebFailure(cause: unknown): WebFailure {
  if (cause instanceof WebFailure) return cause;
  const code = codeOf(cause);
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new WebFailure('too_large', 'the headers of the answer are larger than 16 KiB', { cause });
  }
  if (code.startsWith('HPE_')) return new WebFailure('bad_answer', 'the answer is not valid HTTP', { cause });
  if (CERTIFICATE.test(code)) {
    const message =
      'the certificate of the service is not valid for it; renew it, or call the name it was made for';
    return new WebFailure('bad_certificate', message, { cause });
  }
  if (code === 'ENOTFOUND') {
    return new WebFailure('unreachable', 'the name of the host leads nowhere; check it for a mistake', {
      cause,
    });
  }
  return new WebFailure('unreachable', 'no answer: the connection failed or broke off; try again later', {
    cause,
  });
}

/** The code of an error of Node's, or nothing. */
export function codeOf(error: unknown): string {
  const isCoded = typeof error === 'object' && error !== null && 'code' in error;
  return isCoded && typeof error.code === 'string' ? error.code : '';
}
