import { describe, expect, test } from '@jest/globals';
import { signDelivery } from './sign-delivery.ts';

describe('signDelivery()', () => {
  test('signs as the example of Standard Webhooks does, with a key in base64', () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const body = '{"test": 2432232314}';
    const signed = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1_614_265_330, body };
    expect(signDelivery(secret, signed)).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  test('takes any other secret as it is written', () => {
    const part = { id: 'a', timestamp: 1, body: 'ü' };
    // printf 'a.1.ü' | openssl dgst -sha256 -hmac 'a-secret-of-16-or-more' -binary | base64
    expect(signDelivery('a-secret-of-16-or-more', part)).toBe(
      'v1,SU+JzEw6bapsBBiRjLXfzFq+WaSuCAcnOreMDTKnr1o=',
    );
  });
});
