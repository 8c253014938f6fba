import { open, rm } from 'node:fs/promises';
import { CliError } from '../../cli-error.ts';
import { pathFrom, type Io } from '../../io.ts';

/** Writes a new file that nobody else on the machine may read. One that cannot be finished is not left behind. */
export async function writePrivate(io: Io, file: string, pieces: AsyncIterable<string>): Promise<void> {
  const path = pathFrom(io, file);
  const handle = await open(path, 'wx', 0o600).catch((cause: unknown) => {
    const isThere = typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'EEXIST';
    if (!isThere) throw cause;
    throw new CliError('refused', `Cannot write "${file}": it is there already`, 'choose another name', {
      cause,
    });
  });
  try {
    for await (const piece of pieces) await handle.write(piece);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}
