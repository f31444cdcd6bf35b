import type { ExportChoice } from '../../shared/domain/transfer.ts';
import type { Client } from '../api/client.ts';

/** After each of this many bytes, the data is moved to a `Blob`, which browsers store on disk if it is large. */
const BLOB_BYTES = 32_000_000;

export type ExportOptions = {
  readonly signal: AbortSignal;
  /** Called with the progress of the preparation, before the first bytes. */
  readonly onPercent?: (percent: number) => void;
  /** Called with the number of received bytes. */
  readonly onBytes: (bytes: number) => void;
};

/**
 * Reads a complete export or backup.
 *
 * @throws ApiError if it fails; the signal's reason if it was aborted
 */
export async function readExport(
  client: Pick<Client, 'call'>,
  choice: ExportChoice | 'backup',
  { signal, onBytes, onPercent }: ExportOptions,
): Promise<Blob> {
  const { id } = await (choice === 'backup'
    ? client.call('backup.start', {})
    : client.call('export.start', choice));
  let file = new Blob();
  let parts: Uint8Array<ArrayBuffer>[] = [];
  let [bytes, waiting] = [0, 0];
  try {
    for (;;) {
      signal.throwIfAborted();
      const { data, percent } = await client.call('export.read', { id });
      if (percent !== null) onPercent?.(percent);
      if (data === '') continue;
      if (data === null) return new Blob([file, ...parts]);
      const part = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
      parts.push(part);
      bytes += part.byteLength;
      waiting += part.byteLength;
      onBytes(bytes);
      if (waiting < BLOB_BYTES) continue;
      file = new Blob([file, ...parts]);
      parts = [];
      waiting = 0;
    }
  } catch (cause) {
    if (signal.aborted) await client.call('transfer.cancel', { id });
    throw cause;
  }
}

/** `bitcoin-candles-1h.csv`. */
export function exportName({ kind, coinId, interval, format }: ExportChoice): string {
  return `${[coinId, kind, ...(kind === 'candles' ? [interval] : [])].join('-')}.${format}`;
}

/** `prices-2026-11-27.cpmbackup`, with the day in UTC. */
export function backupName(at: number): string {
  return `prices-${new Date(at).toISOString().slice(0, 10)}.cpmbackup`;
}
