import { createClient } from '@redis/client';
import type { Problem } from '../../../../shared/domain/problem.ts';
import { message, verbatim } from '../../../../shared/messages/message.ts';
import { unlessAborted } from '../../async/unless-aborted.ts';
import { withinTime } from '../../async/within-time.ts';
import { nextDelayMs } from '../../time/backoff.ts';
import { systemClock } from '../../time/clock.ts';
import type { RedisSettings } from './redis-settings.ts';

/** Longer than a busy server takes, and too short for a person to notice. */
const TIMEOUT_MS = 500;
/** How long nothing is requested after a failure: a dead server costs one timeout, and not one for each call. */
const COOLDOWN_MS = 2_000;
const RECONNECT = { baseMs: 200, capMs: 5_000 };
/** A connection on which nothing comes back is made anew. */
const SILENT = { pingInterval: 5_000, socketTimeout: 20_000 };

export type RedisClient = ReturnType<typeof openClient>;

/** A connection to Redis that may be away at any time. */
export type RedisConnection = {
  /** What the work resolves with; null when Redis is away, too slow or refuses it. It never rejects. */
  ask<T>(work: (client: RedisClient) => Promise<T>): Promise<T | null>;
  close(): void;
};

export type RedisConnectionOptions = {
  readonly settings: RedisSettings;
  readonly random: () => number;
  /** Called with the problem, or null, whenever something was asked. */
  readonly report: (problem: Problem | null) => void;
  readonly timeoutMs?: number;
};

/** Connects in the background, again and again. */
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
  // A client that is destroyed while it connects goes on, and its pings would hold the process for ever.
  client.on('connect', () => {
    if (stopping.signal.aborted) client.destroy();
  });

  /**
   * Not by the client's own strategy: it connects at once to a server that closes each connection, and waits for the next attempt when
   * the program stops.
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
      tooLate: () => new Error(`it has not answered for ${timeoutMs} ms`),
    });

  return {
    async ask(work) {
      if (stopping.signal.aborted || performance.now() < coolsDownUntil) return null;
      try {
        const answer = await limited(async () => {
          await decided.promise;
          if (!client.isReady) throw lastError ?? new Error('it is not connected');
          return work(client);
        });
        delayMs = 0;
        report(null);
        return answer;
      } catch (error) {
        if (stopping.signal.aborted) return null;
        coolsDownUntil = performance.now() + COOLDOWN_MS;
        report({ id: 'redis', message: message('redis.away', { reason: verbatim(wordsOf(error)) }) });
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
    // Servers before 6 know no other.
    RESP: 2,
    // What cannot be sent now is not worth sending later.
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

/** The words of an error, without those of the attempts that it stands for. */
function wordsOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return wordsOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
