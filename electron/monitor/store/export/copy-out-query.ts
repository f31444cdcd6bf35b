import type { Duplex } from 'node:stream';

/** Members of queries and connections that `pg` uses; its types omit them. */
type WireConnection = { readonly stream: Duplex; query(text: string): void };

/** A `copy … to stdout`, to be passed to `client.query`. */
export type CopyOutQuery = {
  /** Called by `pg`. */
  submit(connection: WireConnection): void;
  handleError(error: Error): void;
  handleCommandComplete(): void;
  handleReadyForQuery(): void;
  /** `pg` wraps it to end the query timeout. */
  callback(): void;
  readonly query_timeout: number;
  /** The server's data as it arrives, without message frames. Throws the server's error. */
  chunks(): AsyncGenerator<Buffer>;
  /** Whether the server has completed the query, or failed. */
  isOver(): boolean;
  /** Discards the rest of the data. Resolves when the connection can be used again, even after an error of the query. */
  finish(): Promise<void>;
};

/** Types of messages. Source: PostgreSQL documentation, "Message Formats". */
const COPY_DATA = 0x64;
const COPY_DONE = 0x63;
/** CopyOutResponse, NoticeResponse, NotificationResponse and ParameterStatus, which may be interspersed. */
const PASSED_OVER: ReadonlySet<number> = new Set([0x48, 0x4e, 0x41, 0x53]);
/** The type and the length. */
const HEADER_BYTES = 5;
const LENGTH_BYTES = 4;

/** Limit of received data that is not yet read. */
const MAX_WAITING_BYTES = 262_144;

/**
 * Reads a COPY directly from the socket. Each row has its own frame; `pg-copy-streams` creates a buffer for each and joins them
 * again, which takes more CPU time than the rest of an export. Here the rows are moved together within the received chunk.
 */
export function createCopyOutQuery(text: string, timeoutMs: number): CopyOutQuery {
  const over = Promise.withResolvers<void>();
  let isOver = false;
  let failure: Error | null = null;
  let isDropping = false;
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let stream: Duplex | null = null;
  let arrived = Promise.withResolvers<void>();

  const wake = (): void => {
    arrived.resolve();
    arrived = Promise.withResolvers();
  };
  const end = (error: Error | null): void => {
    failure ??= error;
    isOver = true;
    over.resolve();
    wake();
  };

  return {
    query_timeout: timeoutMs,
    callback: () => undefined,
    submit(connection) {
      const socket = connection.stream;
      stream = socket;
      const listeners = socket.listeners('data') as ((chunk: Buffer) => void)[];
      const unframe = createUnframe();
      const onData = (chunk: Buffer): void => {
        const { content, rest } = unframe(chunk);
        if (content.length > 0 && !isDropping) {
          waiting.push(content);
          waitingBytes += content.length;
          wake();
        }
        if (rest !== null) {
          // The rest belongs to `pg`: the end of the command, or an error.
          socket.off('data', onData);
          for (const listener of listeners) socket.on('data', listener);
          for (const listener of listeners) listener(rest);
        } else if (waitingBytes >= MAX_WAITING_BYTES) socket.pause();
      };
      for (const listener of listeners) socket.off('data', listener);
      socket.on('data', onData);
      connection.query(text);
    },
    handleError: end,
    handleCommandComplete: () => undefined,
    handleReadyForQuery: () => end(null),
    async *chunks() {
      for (;;) {
        const [chunks, next] = [waiting, arrived.promise];
        waiting = [];
        waitingBytes = 0;
        yield* chunks;
        if (waiting.length > 0) continue;
        if (failure !== null) throw failure;
        if (isOver) return;
        stream?.resume();
        await next;
      }
    },
    isOver: () => isOver,
    finish() {
      isDropping = true;
      waiting = [];
      waitingBytes = 0;
      stream?.resume();
      return over.promise;
    },
  };
}

type Unframed = {
  /** The content of the COPY. */
  readonly content: Buffer;
  /** What follows its end; null before the end. */
  readonly rest: Buffer | null;
};

/** Removes the message frames from received chunks, which it overwrites. */
export function createUnframe(): (chunk: Buffer) => Unframed {
  /** The beginning of a header whose end has not arrived. */
  let head = Buffer.alloc(0);
  /** How many bytes of the current message are still to come, and whether it is data. */
  let left = 0;
  let isData = false;

  return (given) => {
    const chunk = head.length === 0 ? given : Buffer.concat([head, given]);
    head = Buffer.alloc(0);
    let [from, to] = [0, 0];
    while (from < chunk.length) {
      if (left === 0) {
        const type = chunk[from] ?? 0;
        const isDone = type === COPY_DONE;
        if (type !== COPY_DATA && !isDone && !PASSED_OVER.has(type))
          return { content: chunk.subarray(0, to), rest: chunk.subarray(from) };
        if (from + HEADER_BYTES > chunk.length) {
          head = Buffer.from(chunk.subarray(from));
          break;
        }
        if (isDone) return { content: chunk.subarray(0, to), rest: chunk.subarray(from + HEADER_BYTES) };
        left = chunk.readUInt32BE(from + 1) - LENGTH_BYTES;
        isData = type === COPY_DATA;
        from += HEADER_BYTES;
      }
      const length = Math.min(left, chunk.length - from);
      if (isData) {
        chunk.copyWithin(to, from, from + length);
        to += length;
      }
      from += length;
      left -= length;
    }
    return { content: chunk.subarray(0, to), rest: null };
  };
}
