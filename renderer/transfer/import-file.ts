import type { ImportChoice, ImportState } from '../../shared/domain/transfer.ts';
import type { Client } from '../api/client.ts';

/** In Base64, the maximum length of the data of a request. */
const CHUNK_BYTES = 36_000;
/** How often the state is fetched. */
const STATE_EVERY_MS = 300;

/** The part of `File` that an import needs. */
export type ImportedFile = Pick<File, 'size' | 'slice'>;

export type ImportOptions = {
  readonly signal: AbortSignal;
  /** Called with the state, and the share of the file that was sent. */
  readonly onState: (state: ImportState, share: number) => void;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
};

/**
 * Sends a file and waits until its import has ended.
 *
 * @returns the last state: the import is done or has failed
 * @throws ApiError if the program does not respond; the signal's reason if it was aborted
 */
export async function writeImport(
  client: Pick<Client, 'call'>,
  choice: ImportChoice,
  file: ImportedFile,
  { signal, onState, now, sleep }: ImportOptions,
): Promise<ImportState> {
  const { id } = await client.call('import.start', choice);
  let shownAt = now();
  const fetchState = async (share: number): Promise<ImportState> => {
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
      const state = await fetchState(offset / file.size);
      if (state.phase === 'failed') return state;
    } while (offset < file.size);
    for (;;) {
      signal.throwIfAborted();
      const state = await fetchState(1);
      if (state.phase === 'done' || state.phase === 'failed') return state;
      await sleep(STATE_EVERY_MS);
    }
  } catch (cause) {
    if (signal.aborted) await client.call('transfer.cancel', { id });
    throw cause;
  }
}
