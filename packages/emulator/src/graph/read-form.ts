import { type IncomingMessage } from 'node:http';
import busboy from 'busboy';
import { UPLOAD_BYTES_MAX } from '../media/media-types.ts';

/** The file of a multipart form, as its part's own headers describe it. */
export interface UploadedFile {
  /** Of the part's `Content-Type`: this one decides, not what the form says in `type`. */
  mimeType: string;
  name: string | undefined;
  bytes: Buffer;
  /** There was more than an upload may have; `bytes` is cut. */
  isTooLarge: boolean;
}

export interface Form {
  fields: Record<string, string>;
  file: UploadedFile | undefined;
}

const FIELD_BYTES_MAX = 1_048_576;
const FIELDS_MAX = 100;

/** Reads a multipart form with at most one file, in memory. A form that cannot be read is as good as an empty one. */
export function readForm(request: IncomingMessage): Promise<Form> {
  return new Promise((resolve) => {
    const form: Form = { fields: {}, file: undefined };
    const parser = parserOf(request);
    const done = () => {
      request.unpipe();
      request.resume();
      resolve(form);
    };
    if (!parser) return done();
    parser.on('field', (name, value) => {
      form.fields[name] = value;
    });
    parser.on('file', (_name, stream, { filename, mimeType }) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const isTooLarge = stream.truncated === true;
        form.file = { mimeType, name: filename, bytes: Buffer.concat(chunks), isTooLarge };
      });
    });
    parser.on('close', done).on('error', done);
    request.on('error', done);
    request.pipe(parser);
  });
}

function parserOf({ headers }: IncomingMessage): busboy.Busboy | undefined {
  try {
    const limits = { files: 1, fileSize: UPLOAD_BYTES_MAX, fields: FIELDS_MAX, fieldSize: FIELD_BYTES_MAX };
    return busboy({ headers, limits });
  } catch {
    return undefined;
  }
}
