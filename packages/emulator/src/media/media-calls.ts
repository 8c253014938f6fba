import { written } from '../checks/check.ts';
import { checkProduct } from '../graph/check-product.ts';
import { type Calls, type GraphCall, SUCCESS } from '../graph/graph-call.ts';
import { type UploadedFile } from '../graph/read-form.ts';
import { type Refusal, badParameter, missingParameter, refusal, unknownObject } from '../graph/refusal.ts';
import { type NumberSettings } from '../options.ts';
import { type Downloads } from './downloads.ts';
import { type MediaBook, type StoredMedia } from './media-book.ts';
import { UPLOAD_MIME_TYPES, bareMimeType, bytesMaxOf } from './media-types.ts';

export interface MediaCallDeps {
  media: MediaBook;
  downloads: Downloads;
}

/** `POST /{phone_number_id}/media`: keeps a file and gives its id. */
export function uploadCalls({ media }: MediaCallDeps): Calls<NumberSettings> {
  return {
    'POST media': (call, { id }) => {
      const wrong = checkProduct(call.params['messaging_product']) ?? checkFile(call.file);
      if (wrong || !call.file) return { refusal: wrong ?? missingParameter('file') };
      const { mimeType, bytes } = call.file;
      return { json: { id: media.addUpload({ number: id, mimeType: bareMimeType(mimeType), bytes }).id } };
    },
  };
}

function checkFile(file: UploadedFile | undefined): Refusal | undefined {
  if (!file) return missingParameter('file');
  const mimeType = bareMimeType(file.mimeType);
  if (!UPLOAD_MIME_TYPES.includes(mimeType)) {
    const list = UPLOAD_MIME_TYPES.join(', ');
    return badParameter(
      `Param file must be a file with one of the following types: ${list}. Received file of type '${mimeType}'.`,
    );
  }
  const max = bytesMaxOf(mimeType);
  if (!file.isTooLarge && file.bytes.length <= max) return undefined;
  return refusal(131053, 'Media upload error', `File size is too large: ${mimeType} may have ${max} bytes.`);
}

/** `/{media_id}`: where to fetch the file within 5 minutes, and its end. */
export function mediaCalls(deps: MediaCallDeps): Calls<StoredMedia> {
  return {
    GET: (call, media) => {
      const wrong = checkNumber(call, media);
      return wrong ? { refusal: wrong } : { json: describe(call, media, deps) };
    },
    DELETE: (call, media) => {
      const wrong = checkNumber(call, media);
      if (wrong) return { refusal: wrong };
      deps.media.delete(media.id);
      return SUCCESS;
    },
  };
}

/** Who names a number gets that number's files alone. */
function checkNumber({ method, params, id }: GraphCall, media: StoredMedia): Refusal | undefined {
  const number = params['phone_number_id'];
  const isOther = number !== undefined && number !== '' && written(number) !== media.number;
  return isOther ? unknownObject(method === 'GET' ? 'get' : 'delete', id) : undefined;
}

function describe(
  call: GraphCall,
  { id, mimeType, sha256, bytes }: StoredMedia,
  { downloads }: MediaCallDeps,
): object {
  return {
    url: downloads.urlOf(id, call.base),
    mime_type: mimeType,
    // Hex here, base64 in webhooks.
    sha256: Buffer.from(sha256, 'base64').toString('hex'),
    file_size: bytes.length,
    id,
    messaging_product: 'whatsapp',
  };
}

/** A file of somebody else is not told apart from none. */
export const NO_FILE: Refusal = {
  ...refusal(100, 'The file is not here: its address is over, or wrong'),
  http: 404,
};
