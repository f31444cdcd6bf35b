import type { ExportChoice } from '../../shared/domain/transfer.ts';
import type { Client } from '../api/client.ts';

/** Handed over to the browser, which keeps large files on the disk, each time that this amount has arrived. */
const KEPT_BYTES = 32_000_000;

export type ExportOptions = {
  readonly signal: AbortSignal;
  /** Called with how much is done of what comes before the first bytes. */
  readonly onPercent?: (percent: number) => void;
  /** Called with the number of bytes that have come. */
  readonly onBytes: (bytes: number) => void;
};

/**
 * Reads an export or a backup to its end.
 *
 * @throws ApiError with what it failed for; the signal's reason when it was aborted
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
      if (waiting < KEPT_BYTES) continue;
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

/** `prices-2026-11-27.cpmbackup`, by the day in UTC. */
export function backupName(at: number): string {
  return `prices-${new Date(at).toISOString().slice(0, 10)}.cpmbackup`;
}
