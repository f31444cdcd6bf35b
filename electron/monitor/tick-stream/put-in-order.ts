import { type Message, message } from '../../../shared/messages/message.ts';
import { messageOf } from '../../../shared/messages/message-error.ts';
import type { CoinRecord } from './coin-records.ts';

/** Kinesis accepts 500 records and 5 MiB in a request, keys included. */
const MAX_RECORDS = 500;
const MAX_BYTES = 4 * 1024 * 1024;

/** The result for a record: accepted, or not, with the reason. */
export type PutOutcome =
  | { readonly isAccepted: true }
  | { readonly isAccepted: false; readonly reason: Message };

export type PutOptions = {
  /** Puts records of different coins. Outcomes are in the same order. Throws when none was accepted. */
  readonly put: (records: readonly CoinRecord[]) => Promise<readonly PutOutcome[]>;
  /**
   * Called with the reason when records were not accepted, before the delay after which they are retried; with null when all
   * were.
   */
  readonly onFailure: (reason: Message | null) => void;
  /** Waits longer after each consecutive failure; rejects when the program is stopping. */
  readonly backOff: (failures: number) => Promise<void>;
};

/**
 * Puts all records of each coin, in order. A stream may accept some records of a request and reject earlier ones, so a request
 * contains at most one record of each coin, and a rejected record is retried before the next one of its coin. Accepted records of
 * other coins are not put again.
 */
export async function putInOrder(
  byCoin: ReadonlyMap<string, readonly CoinRecord[]>,
  { put, onFailure, backOff }: PutOptions,
): Promise<void> {
  const waiting = new Map([...byCoin].map(([coinId, records]) => [coinId, [...records]]));
  for (let failures = 0; waiting.size > 0; ) {
    const some = firstOfEach(waiting);
    const outcomes = await put(some).catch((cause: unknown) =>
      some.map(() => ({ isAccepted: false as const, reason: messageOf(cause) })),
    );
    let reason: Message | null = null;
    for (const [index, { coinId }] of some.entries()) {
      const outcome = outcomes[index];
      if (outcome?.isAccepted) removeFirst(waiting, coinId);
      else reason ??= outcome?.reason ?? message('tick-stream.no-outcome');
    }
    failures = reason === null ? 0 : failures + 1;
    onFailure(reason);
    if (reason !== null) await backOff(failures);
  }
}

function firstOfEach(waiting: ReadonlyMap<string, readonly CoinRecord[]>): readonly CoinRecord[] {
  const some: CoinRecord[] = [];
  let bytes = 0;
  for (const [first] of waiting.values()) {
    if (first === undefined) continue;
    bytes += first.data.length + first.coinId.length;
    if (some.length > 0 && (some.length === MAX_RECORDS || bytes > MAX_BYTES)) break;
    some.push(first);
  }
  return some;
}

/** Removes the first record of a coin, and moves the coin behind the others. */
function removeFirst(waiting: Map<string, CoinRecord[]>, coinId: string): void {
  const records = waiting.get(coinId) ?? [];
  records.shift();
  waiting.delete(coinId);
  if (records.length > 0) waiting.set(coinId, records);
}
