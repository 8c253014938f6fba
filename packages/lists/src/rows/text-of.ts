/** Text of a stream, whose beginning can be looked at before it is read. */
export function peekable(input: AsyncIterable<Uint8Array | string>) {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const pieces = textOf(input, decoder)[Symbol.asyncIterator]();
  let seen = '';
  return {
    peek: async (most: number): Promise<string> => {
      while (seen.length < most && !seen.includes('\n')) {
        const next = await pieces.next();
        if (next.done === true) break;
        seen += next.value;
      }
      return seen.replace(/^\uFEFF/, '');
    },
    /** Lets go of the stream, whose end was perhaps not read. */
    close: async () => void (await pieces.return?.(undefined)),
    rest: async function* (): AsyncGenerator<string> {
      yield seen;
      seen = '';
      for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value;
    },
  };
}

/** What is not UTF-8 becomes U+FFFD, by which its line is found. */
export async function* textOf(
  input: AsyncIterable<Uint8Array | string>,
  decoder = new TextDecoder('utf-8'),
): AsyncGenerator<string> {
  for await (const piece of input)
    yield typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true });
  yield decoder.decode();
}
