import { createClient } from '@redis/client';
import type { Problem } from '../../../../shared/domain/problem.ts';
import { type Message, message } from '../../../../shared/messages/message.ts';
import { MessageError, messageOf } from '../../../../shared/messages/message-error.ts';
import { unlessAborted } from '../../async/unless-aborted.ts';
import { withinTime } from '../../async/within-time.ts';
import { nextDelayMs } from '../../time/backoff.ts';
import { systemClock } from '../../time/clock.ts';
import type { RedisSettings } from './redis-settings.ts';

/** Longer than a busy server takes, and too short for a user to notice. */
const TIMEOUT_MS = 500;
/** How long no commands are sent after a failure: a dead server costs one timeout, rather than one per call. */
const COOLDOWN_MS = 2_000;
const RECONNECT = { baseMs: 200, capMs: 5_000 };
/** A connection that receives nothing is reopened. */
const SILENT = { pingInterval: 5_000, socketTimeout: 20_000 };

export type RedisClient = ReturnType<typeof openClient>;

/** A connection to Redis that may be unavailable at any time. */
export type RedisConnection = {
  /** Runs commands and resolves with their result; null when Redis is unavailable, too slow or rejects them. It never rejects. */
  query<T>(work: (client: RedisClient) => Promise<T>): Promise<T | null>;
  close(): void;
};

export type RedisConnectionOptions = {
  readonly settings: RedisSettings;
  readonly random: () => number;
  /** Called with the problem, or null, after every command. */
  readonly report: (problem: Problem | null) => void;
  readonly timeoutMs?: number;
};

/** Connects in the background, and reconnects whenever the connection is lost. */
export function openRedisConnection(options: RedisConnectionOptions): RedisConnection {
  const { settings, random, report, timeoutMs = TIMEOUT_MS } = options;
  const stopping = new AbortController();
  let lastError: unknown = null;
  let coolsDownUntil = Number.NEGATIVE_INFINITY;
  let delayMs = 0;
  const client = openClient(settings, timeoutMs);
  const decided = Promise.withResolvers<void>();
  let lost = Promise.withResolvers<void>();
  client.on('error', (error: unknown) => {
    lastError = error;
    decided.resolve();
  });
  client.on('ready', () => {
    coolsDownUntil = Number.NEGATIVE_INFINITY;
    decided.resolve();
  });
  client.on('terminated', () => lost.resolve());
  // A client that is destroyed while it connects continues, and its pings would keep the process running forever.
  client.on('connect', () => {
    if (stopping.signal.aborted) client.destroy();
  });

  /**
   * Reconnects without the client's own strategy, which reconnects without delay to a server that closes each connection, and
   * waits for the next attempt when the program stops.
   */
  const stayConnected = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      lost = Promise.withResolvers();
      try {
        await client.connect();
        await unlessAborted(stopping.signal, lost.promise);
      } catch (error) {
        lastError = error;
        decided.resolve();
      }
      delayMs = nextDelayMs(delayMs, RECONNECT, random());
      await systemClock.sleep(delayMs, stopping.signal).catch(() => undefined); // closed
    }
  };
  void stayConnected();

  const limited = <T>(work: () => Promise<T>): Promise<T> =>
    withinTime(work, {
      ms: timeoutMs,
      clock: systemClock,
      signal: stopping.signal,
      tooLate: () => new MessageError(message('redis.too-late', { timeoutMs })),
    });

  return {
    async query(work) {
      if (stopping.signal.aborted || performance.now() < coolsDownUntil) return null;
      try {
        const result = await limited(async () => {
          await decided.promise;
          if (!client.isReady) throw lastError ?? new MessageError(message('redis.not-connected'));
          return work(client);
        });
        delayMs = 0;
        report(null);
        return result;
      } catch (error) {
        if (stopping.signal.aborted) return null;
        coolsDownUntil = performance.now() + COOLDOWN_MS;
        report({ id: 'redis', message: message('redis.away', { reason: reasonOf(error) }) });
        return null;
      }
    },
    close() {
      stopping.abort(new Error('the program stops'));
      try {
        client.destroy();
      } catch {
        // It was not connected.
      }
    },
  };
}

function openClient({ url, authority }: RedisSettings, timeoutMs: number) {
  const isSecure = url.startsWith('rediss:');
  return createClient({
    url,
    // Servers before version 6 support only RESP 2.
    RESP: 2,
    // A command that cannot be sent now is not sent later.
    disableOfflineQueue: true,
    disableClientInfo: true,
    commandOptions: { timeout: timeoutMs },
    pingInterval: SILENT.pingInterval,
    socket: {
      connectTimeout: timeoutMs * 4,
      socketTimeout: SILENT.socketTimeout,
      reconnectStrategy: false,
      ...(isSecure && { tls: true, ...(authority !== null && { ca: authority }) }),
    },
  });
}

/** The message of an error; that of the first attempt if it stands for several. */
function reasonOf(error: unknown): Message {
  if (error instanceof AggregateError && error.message === '') return reasonOf(error.errors[0]);
  return messageOf(error);
}
