import type { ImportChoice, ImportState } from '../../shared/domain/transfer.ts';
import type { Client } from '../api/client.ts';

/** In Base64 as much as one message of a page may have. */
const CHUNK_BYTES = 36_000;
/** How often the state is fetched. */
const STATE_EVERY_MS = 300;

/** A file as far as an import needs it. */
export type ImportedFile = Pick<File, 'size' | 'slice'>;

export type ImportOptions = {
  readonly signal: AbortSignal;
  /** Called with the state, and the share of the file that was read. */
  readonly onState: (state: ImportState, share: number) => void;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
};

/**
 * Sends a file and follows its import to the end.
 *
 * @returns the last state, in which the import is done or has failed
 * @throws ApiError when the program does not respond; the signal's reason when it was aborted
 */
export async function writeImport(
  client: Pick<Client, 'call'>,
  choice: ImportChoice,
  file: ImportedFile,
  { signal, onState, now, sleep }: ImportOptions,
): Promise<ImportState> {
  const { id } = await client.call('import.start', choice);
  let shownAt = now();
  const look = async (share: number): Promise<ImportState> => {
    shownAt = now();
    const state = await client.call('import.state', { id });
    onState(state, share);
    return state;
  };
  try {
    let offset = 0;
    do {
      signal.throwIfAborted();
      const end = Math.min(offset + CHUNK_BYTES, file.size);
      const bytes = new Uint8Array(await file.slice(offset, end).arrayBuffer());
      const data = btoa(String.fromCharCode(...bytes));
      await client.call('import.write', { id, data, isLast: end === file.size });
      offset = end;
      if (now() - shownAt < STATE_EVERY_MS) continue;
      const state = await look(offset / file.size);
      if (state.phase === 'failed') return state;
    } while (offset < file.size);
    for (;;) {
      signal.throwIfAborted();
      const state = await look(1);
      if (state.phase === 'done' || state.phase === 'failed') return state;
      await sleep(STATE_EVERY_MS);
    }
  } catch (cause) {
    if (signal.aborted) await client.call('transfer.cancel', { id });
    throw cause;
  }
}
