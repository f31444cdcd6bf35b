import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
// Not a named import: older versions of Node lack zstd.
import zlib from 'node:zlib';
import { message, verbatim } from '../../../../../shared/messages/message.ts';
import { MessageError } from '../../../../../shared/messages/message-error.ts';

/** The maximum expansion. Prices compress to a tenth, and a line that is repeated a million times to a hundredth. */
const MAX_EXPANSION = 400;
/** Short inputs may always expand to this size. */
const MAX_BYTES = 64 * 1_024 * 1_024;

/**
 * Decompresses an input.
 *
 * @throws MessageError when it is damaged, or expands to more than real data would
 */
export async function* decompress(
  chunks: AsyncIterable<Uint8Array>,
  format: 'gzip' | 'zstd',
): AsyncGenerator<Uint8Array> {
  let [bytesIn, bytesOut] = [0, 0];
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      bytesIn += chunk.length;
      yield chunk;
    }
  };
  const expanding = format === 'gzip' ? zlib.createGunzip() : zlib.createZstdDecompress();
  const source = Readable.from(counted(), { objectMode: false });
  // Its error is also thrown by `expanding`.
  pipeline(source, expanding).catch(() => undefined);
  try {
    for await (const chunk of expanding as AsyncIterable<Uint8Array>) {
      bytesOut += chunk.length;
      if (bytesOut > MAX_BYTES && bytesOut > bytesIn * MAX_EXPANSION)
        throw new MessageError(message('import.expands', { times: MAX_EXPANSION }));
      yield chunk;
    }
  } catch (error) {
    if (error instanceof MessageError) throw error;
    const reason = verbatim(error instanceof Error ? error.message : String(error));
    throw new MessageError(message('import.damaged', { format, reason }), { cause: error });
  } finally {
    expanding.destroy();
    source.destroy();
  }
}
