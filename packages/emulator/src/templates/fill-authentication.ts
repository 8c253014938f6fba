import { type JsonObject } from '@alur/types';
import { buttonsOf, partOf, textOf } from './stored-template.ts';

/** The components of an authentication template with the texts that Meta writes, as it lists them afterwards. */
export function fillAuthentication(components: readonly JsonObject[]): JsonObject[] {
  const body = partOf(components, 'BODY');
  const footer = partOf(components, 'FOOTER');
  const advice = body?.['add_security_recommendation'] === true;
  const minutes = footer?.['code_expiration_minutes'];
  const [button = {}] = buttonsOf(components);
  return [
    {
      ...body,
      type: 'BODY',
      text: `*{{1}}* is your verification code.${advice ? ' For your security, do not share this code.' : ''}`,
      example: { body_text: [['123456']] },
    },
    ...(typeof minutes === 'number'
      ? [{ ...footer, type: 'FOOTER', text: `This code expires in ${minutes} minutes.` }]
      : []),
    {
      type: 'BUTTONS',
      buttons: [
        {
          ...button,
          type: 'URL',
          text: typeof button['text'] === 'string' ? button['text'] : 'Copy code',
          url: `https://www.whatsapp.com/otp/code/?otp_type=${textOf(button, 'otp_type')}&code=otp{{1}}`,
          example: ['https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp123456'],
        },
      ],
    },
  ];
}
