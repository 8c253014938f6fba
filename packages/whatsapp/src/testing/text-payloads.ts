import { type JsonObject } from '@alur/types';
import { DISPLAY } from './frame.ts';
import { type InboundPayload, QUOTED, QUOTES } from './inbound-payload.ts';

const REFERRAL: JsonObject = {
  source_url: 'https://fb.me/3cr4Wqqkv',
  source_id: '120226305854810726',
  source_type: 'ad',
  headline: 'Chat with us',
  body: 'Summer succulents are here!',
  media_type: 'video',
  image_url: 'https://example.com/i.jpg',
  video_url: 'https://example.com/v.mp4',
  thumbnail_url: 'https://example.com/t.jpg',
  ctwa_clid: 'Aff-n8ZTODiE79d22KtAwQKj9e_mIEOOj27vDVwFjN80dp4',
  welcome_message: { text: 'Hi there! Let us know how we can help!' },
};

export const TEXTS: readonly InboundPayload[] = [
  {
    label: 'a text that answers a message',
    message: { type: 'text', text: { body: 'Hi' }, ...QUOTES },
    becomes: { kind: 'text', text: 'Hi' },
    variables: { 'message.text': 'Hi', 'context.message_id': QUOTED, 'context.from_me': true },
  },
  {
    label: 'a text sent on',
    message: { type: 'text', text: { body: 'Hi' }, context: { forwarded: true } },
    becomes: { kind: 'text', text: 'Hi' },
    variables: { 'context.forwarded': true, 'context.frequently_forwarded': false },
  },
  {
    label: 'a text sent on often',
    message: { type: 'text', text: { body: 'Hi' }, context: { frequently_forwarded: true } },
    becomes: { kind: 'text', text: 'Hi' },
    variables: { 'context.forwarded': true, 'context.frequently_forwarded': true },
  },
  {
    label: 'a question about a product',
    message: {
      type: 'text',
      text: { body: 'In red?' },
      context: {
        from: DISPLAY,
        id: QUOTED,
        referred_product: { catalog_id: '19', product_retailer_id: 'a1' },
      },
    },
    becomes: { kind: 'text', text: 'In red?' },
    variables: { 'context.product.catalog_id': '19', 'context.product.product_retailer_id': 'a1' },
  },
  {
    label: 'the first text after an advertisement',
    message: { type: 'text', text: { body: 'Hi' }, referral: REFERRAL },
    becomes: { kind: 'text', text: 'Hi' },
    variables: Object.fromEntries(Object.entries(REFERRAL).map(([key, value]) => [`referral.${key}`, value])),
  },
];
