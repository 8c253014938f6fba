import { type JsonObject } from '@alur/types';
import { type InboundPayload } from './inbound-payload.ts';

const URL = 'https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1003383421387256';
const SHA_BASE64 = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';
const SHA_HEX = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const FILE: JsonObject = { id: '1003383421387256', url: URL, sha256: SHA_BASE64 };
const READ_FILE = { id: '1003383421387256', sha256: SHA_HEX };

export const MEDIA: readonly InboundPayload[] = [
  {
    label: 'an image',
    message: { type: 'image', image: { ...FILE, caption: 'Taj', mime_type: 'image/jpeg' } },
    becomes: {
      kind: 'media',
      media: { type: 'image', ...READ_FILE, caption: 'Taj', mimeType: 'image/jpeg' },
    },
    variables: { 'message.text': 'Taj', 'message.subtype': 'image', 'media.sha256': SHA_HEX },
  },
  {
    label: 'a video, its hash in hexadecimal',
    message: {
      type: 'video',
      video: { ...FILE, sha256: SHA_HEX.toUpperCase(), caption: 'x', mime_type: 'video/mp4' },
    },
    becomes: { kind: 'media', media: { type: 'video', ...READ_FILE, caption: 'x', mimeType: 'video/mp4' } },
    variables: { 'message.subtype': 'video', 'media.mime_type': 'video/mp4' },
  },
  {
    label: 'a voice note',
    message: { type: 'audio', audio: { ...FILE, mime_type: 'audio/ogg; codecs=opus', voice: true } },
    becomes: {
      kind: 'media',
      media: { type: 'audio', ...READ_FILE, mimeType: 'audio/ogg; codecs=opus', voice: true },
    },
    variables: { 'message.subtype': 'audio', 'media.voice': true },
  },
  {
    label: 'a voice note under its old type',
    message: { type: 'voice', voice: { ...FILE, mime_type: 'audio/ogg' } },
    becomes: { kind: 'media', media: { type: 'audio', ...READ_FILE, mimeType: 'audio/ogg', voice: true } },
    variables: { 'media.voice': true },
  },
  {
    label: 'a document',
    message: {
      type: 'document',
      document: { ...FILE, caption: 'here', filename: 'receipt.pdf', mime_type: 'application/pdf' },
    },
    becomes: {
      kind: 'media',
      media: {
        type: 'document',
        ...READ_FILE,
        caption: 'here',
        filename: 'receipt.pdf',
        mimeType: 'application/pdf',
      },
    },
    variables: { 'media.filename': 'receipt.pdf' },
  },
  {
    label: 'a sticker',
    message: { type: 'sticker', sticker: { ...FILE, mime_type: 'image/webp', animated: false } },
    becomes: {
      kind: 'media',
      media: { type: 'sticker', ...READ_FILE, mimeType: 'image/webp', animated: false },
    },
    variables: { 'media.animated': false },
  },
];
