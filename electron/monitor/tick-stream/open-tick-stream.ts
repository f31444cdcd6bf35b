import type { Problem } from '../../../shared/domain/problem.ts';
import { type Message, message, text } from '../../../shared/messages/message.ts';
import { createConsumer } from '../log/consumer.ts';
import type { AlertsBeside, LocalLog } from '../log/local-log.ts';
import type { Logger } from '../logging/logger.ts';
import { nextDelayMs } from '../time/backoff.ts';
import { type Clock, systemClock } from '../time/clock.ts';
import { coinRecords } from './coin-records.ts';
import { type PutOptions, putInOrder } from './put-in-order.ts';
import { readTickStreamSettings } from './tick-stream-settings.ts';

const CONSUMER = 'kinesis-ticks';
const BATCH = { maxRecords: 1_000, maxTicks: 5_000 };
const RETRY = { baseMs: 200, capMs: 30_000 };

export type TickStreamOptions = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly tickLog: Pick<
    LocalLog<AlertsBeside>,
    'cursor' | 'consumers' | 'forget' | 'follow' | 'trim' | 'reportReadFailure'
  >;
  readonly clock: Clock;
  readonly log: Logger;
  /** In [0, 1); spreads retries. */
  readonly random: () => number;
  /** Called with the error when ticks cannot be put into the stream, and with null when they can again. */
  readonly report: (problem: Problem | null) => void;
};

export type TickStream = { start(): void; stop(): Promise<void> };

/**
 * The consumer `kinesis-ticks`: puts all ticks from the log into a stream of AWS Kinesis, at least once and in the order of each
 * coin. It starts with the ticks after the stream was first configured; from then on the log keeps what the stream has not
 * accepted. Null if no stream is configured: then nothing is kept for it any more.
 *
 * @throws SettingsError when a variable is invalid
 */
export function openTickStream(options: TickStreamOptions): TickStream | null {
  const { tickLog, clock, log, random, report } = options;
  const settings = readTickStreamSettings(options.env);
  if (settings === null) {
    if (tickLog.consumers().includes(CONSUMER)) tickLog.forget(CONSUMER);
    return null;
  }
  const stopping = new AbortController();
  const { signal } = stopping;
  // Half a megabyte of code that a program without a stream need not load.
  const opened = import('./kinesis-stream.ts').then(({ openKinesisStream }) =>
    openKinesisStream(settings, systemClock),
  );
  opened.catch(() => undefined);

  let failing: string | null = null;
  const onFailure = (reason: Message | null): void => {
    const errorText = reason && text(reason);
    if (errorText === failing || signal.aborted) return;
    failing = errorText;
    if (errorText !== null)
      log.warn({ reason: errorText }, 'ticks cannot be put into the stream; trying again');
    const { streamName: stream } = settings;
    report(reason && { id: CONSUMER, message: message('tick-stream.away', { stream, reason }) });
  };
  let delayMs = 0;
  const backOff = (failures: number): Promise<void> => {
    delayMs = nextDelayMs(failures === 1 ? 0 : delayMs, RETRY, random());
    return systemClock.sleep(delayMs, signal);
  };

  const cursor = tickLog.cursor(CONSUMER, 'newest');
  let isStarted = false;
  const consumer = createConsumer({
    name: CONSUMER,
    cursor,
    limit: BATCH,
    isDue: () => isStarted,
    async apply(records) {
      const put: PutOptions['put'] = async (some) => (await opened).put(some, signal);
      await putInOrder(coinRecords(records), { put, onFailure, backOff });
    },
    onCommit: tickLog.trim,
    onReadFailure: tickLog.reportReadFailure,
    clock,
    log,
    signal,
  });
  tickLog.follow(consumer.wake);

  return {
    start() {
      isStarted = true;
      if (cursor.lag().records > 0) consumer.wake();
      consumer.resume();
    },
    async stop() {
      stopping.abort(new Error('The program is stopping.'));
      consumer.stop();
      (await opened.catch(() => null))?.close();
    },
  };
}
