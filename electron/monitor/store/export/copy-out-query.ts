import type { Duplex } from 'node:stream';

/** What `pg` wants of a query that it is given, and what it has of a connection; its types omit both. */
type WireConnection = { readonly stream: Duplex; query(text: string): void };

/** A `copy … to stdout`, to be given to `client.query`. */
export type CopyOutQuery = {
  /** Called by `pg`. */
  submit(connection: WireConnection): void;
  handleError(error: Error): void;
  handleCommandComplete(): void;
  handleReadyForQuery(): void;
  /** `pg` ends the timeout of the query with it. */
  callback(): void;
  readonly query_timeout: number;
  /** What the server sends, without the frames of its messages, as it arrives. Throws the server's error. */
  chunks(): AsyncGenerator<Buffer>;
  /** Whether the server has completed the query, or failed. */
  isOver(): boolean;
  /** Passes over what is still to come. Resolves when the connection can be used again, whatever became of the query. */
  finish(): Promise<void>;
};

/** Types of messages. Source: PostgreSQL documentation, "Message Formats". */
const COPY_DATA = 0x64;
const COPY_DONE = 0x63;
/** CopyOutResponse, NoticeResponse, NotificationResponse and ParameterStatus, which come between. */
const PASSED_OVER: ReadonlySet<number> = new Set([0x48, 0x4e, 0x41, 0x53]);
/** The type, and the length without it. */
const HEADER_BYTES = 5;
const LENGTH_BYTES = 4;

/** So much may have arrived that nobody has taken. */
const MOST_WAITING_BYTES = 262_144;

/**
 * Reads a COPY from the socket itself: a row has a frame of its own, and `pg-copy-streams`, which makes a buffer of each and puts them
 * together again, takes more of the processor than all else that an export does. Here the rows of what has arrived are moved
 * together in the place where they are.
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
          // The rest is for `pg`: the end of the command, or an error.
          socket.off('data', onData);
          for (const listener of listeners) socket.on('data', listener);
          for (const listener of listeners) listener(rest);
        } else if (waitingBytes >= MOST_WAITING_BYTES) socket.pause();
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
  /** What is of the COPY. */
  readonly content: Buffer;
  /** What follows its end; null while it goes on. */
  readonly rest: Buffer | null;
};

/** Takes the frames of messages out of what arrives, which it overwrites. */
export function createUnframe(): (chunk: Buffer) => Unframed {
  /** The begin of a header whose end has not arrived. */
  let head = Buffer.alloc(0);
  /** How much of the present message is still to come, and whether it is data. */
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
