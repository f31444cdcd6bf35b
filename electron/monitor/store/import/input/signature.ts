import { message } from '../../../../../shared/messages/message.ts';
import { MessageError } from '../../../../../shared/messages/message-error.ts';

/** The type of an input, by its first bytes. */
export type Signature = 'gzip' | 'zstd' | 'parquet' | 'text';

const startsWith = (head: Buffer, hex: string): boolean =>
  head.subarray(0, hex.length / 2).toString('hex') === hex;

/** In UTF-16 text with Latin letters and digits, every other byte is zero. */
const ZEROS_OF_UTF16 = 0.3;

/**
 * Detects the type of an input.
 *
 * @param head the first few hundred bytes
 * @throws MessageError for content that cannot be imported, with what to do about it
 */
export function signatureOf(head: Buffer): Signature {
  if (head.length === 0) throw refused('import.empty');
  if (startsWith(head, '1f8b')) return 'gzip';
  if (startsWith(head, '28b52ffd')) return 'zstd';
  const start = head.toString('latin1', 0, 6);
  if (start.startsWith('PAR1')) return 'parquet';
  if (start.startsWith('PK\u0003\u0004')) throw refused('import.zip');
  if (start.startsWith('FEA1') || start === 'ARROW1') throw refused('import.feather');
  if (startsWith(head, 'fffe') || startsWith(head, 'feff')) throw refused('import.utf16');
  const [even, odd] = [0, 1].map(
    (parity) => head.filter((byte, at) => byte === 0 && at % 2 === parity).length,
  ) as [number, number];
  if (Math.min(even, odd) === 0 && Math.max(even, odd) > head.length * ZEROS_OF_UTF16)
    throw refused('import.utf16');
  if (even + odd > 0) throw refused('import.binary');
  return 'text';
}

function refused(
  code: 'import.empty' | 'import.zip' | 'import.feather' | 'import.utf16' | 'import.binary',
): MessageError {
  return new MessageError(message(code));
}
