import { open } from 'node:fs/promises';
import { message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';

/** Bytes with random access, such as a file or an object on S3. */
export type ByteSource = {
  /** In bytes. */
  readonly size: number;
  /** Reads all bytes from `from` to before `to`. */
  read(from: number, to: number): Promise<Uint8Array>;
};

/** Opens a file for random access; `close` it at the end. */
export async function openFileSource(path: string): Promise<ByteSource & { close(): Promise<void> }> {
  const file = await open(path, 'r');
  const { size } = await file.stat();
  return {
    size,
    async read(from, to) {
      const bytes = new Uint8Array(to - from);
      let length = 0;
      while (length < bytes.length) {
        const { bytesRead } = await file.read(bytes, length, bytes.length - length, from + length);
        if (bytesRead === 0)
          throw new MessageError(message('file.cut-off', { bytes: from + length, expected: size }));
        length += bytesRead;
      }
      return bytes;
    },
    close: () => file.close(),
  };
}
