import { isResolvedEvent } from '../../../shared/domain/alert.ts';
import type { ChannelFailure, ChannelState, SkipReason } from '../../../shared/domain/delivery.ts';
import type { MarketMove } from '../../../shared/domain/market-move.ts';
import { message } from '../../../shared/messages/message.ts';
import { isMuted, type Mute } from '../../../shared/settings/mutes.ts';
import { createSingleRun } from '../async/single-run.ts';
import { withinTime } from '../async/within-time.ts';
import type { Logger } from '../logging/logger.ts';
import { nextDelayMs } from '../time/backoff.ts';
import type { Clock } from '../time/clock.ts';
import type { Channel } from './channel.ts';
import { type Delivery, isSettled } from './delivery.ts';
import { DeliveryError } from './delivery-error.ts';
import { createMarketMoves, largestFirst, type Market } from './market-moves.ts';
import type { Outbox } from './outbox.ts';
import { createTokenBucket } from './token-bucket.ts';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;

const RETRY = { baseMs: SECOND_MS, capMs: 60 * SECOND_MS };
/** A channel that asks for more waits no longer: what it says may be wrong, and alerts become dead letters after a day. */
const MOST_WAIT_MS = 6 * HOUR_MS;
/** Less than a host waits for the end of the program. */
const STOP_MS = 2 * SECOND_MS;

/** So long an alert to people waits for others that make it a move of the market. */
const MARKET_WAIT_MS = 2 * SECOND_MS;

/** Of a delivery that no attempt was made for. */
const PENDING = { status: 'pending', attempts: 0, reason: null, detail: null } as const;

/** The delivery of alerts to one channel: in their order, one call at a time, again until it succeeds. */
export type ChannelDelivery = {
  /** Takes alerts over, after those that it has; one that it has had is passed over. */
  take(alerts: readonly Pick<Delivery, 'alert' | 'takenAt'>[]): void;
  state(): ChannelState;
  /** Tries dead letters once more, after what waits. */
  sendAgain(dead: readonly Delivery[]): void;
  /**
   * Makes a last attempt where one is to be made again, stops waiting, and closes the channel. What is left goes on at the next
   * start. Never rejects.
   */
  stop(): Promise<void>;
};

export type ChannelDeliveryOptions = {
  readonly channel: Channel;
  readonly outbox: Pick<Outbox, 'unsettled' | 'has' | 'note'>;
  /** What decides whether alerts are a move of the market; null, or absent, while each is told by itself. */
  readonly market?: () => Market | null;
  /** What the user muted; nothing when absent. */
  readonly mutes?: () => readonly Mute[];
  readonly clock: Clock;
  /** In [0, 1); spreads retries. */
  readonly random: () => number;
  readonly log: Logger;
  readonly onChange: () => void;
};

/** Starts at once with what an earlier run left. */
export function createChannelDelivery(options: ChannelDeliveryOptions): ChannelDelivery {
  const { channel, outbox, clock, random, log, onChange, market = () => null, mutes } = options;
  const { batch: most = 1, gatherMs = 0, timeoutMs = 30 * SECOND_MS } = channel.limits ?? {};
  const moves = createMarketMoves(channel.isForPeople === true ? market : () => null);
  const bucket = createTokenBucket(channel.limits?.rate ?? null);
  const { maxAgeMs = Number.POSITIVE_INFINITY, deadAfterMs = 24 * HOUR_MS } = channel.limits ?? {};
  /** Of the outside world, which does not run faster with the program's clock. */
  const real = (ms: number): number => ms * clock.speed;
  const stopping = new AbortController();
  const givingUp = new AbortController();
  const waiting: Delivery[] = [...outbox.unsettled(channel.id)];
  const waitingIds = new Set(waiting.map(({ alert }) => alert.id));
  let failure: ChannelFailure | null = null;
  let delayMs = 0;
  /** From the last failed attempt to the next one, in the clock's time. */
  let retryMs = 0;
  let lastDeliveredAt: number | null = null;
  /** The most alerts in the next attempt: fewer after one that took too long, or it might never be done. */
  let mostNow = most;
  /** So many of the first are delivered one by one, because one of them was rejected among others. */
  let alone = 0;

  /** Replaces the first of those that wait by how far they are now. */
  const advance = (count: number, progress: (delivery: Delivery) => Partial<Delivery>): void => {
    const updatedAt = clock.now();
    const advanced = waiting
      .slice(0, count)
      .map((delivery) => ({ ...delivery, ...progress(delivery), updatedAt }));
    waiting.splice(0, count, ...advanced.filter((delivery) => !isSettled(delivery)));
    for (const delivery of advanced.filter(isSettled)) waitingIds.delete(delivery.alert.id);
    outbox.note(channel.id, advanced);
    onChange();
  };

  const whySkip = ({ alert, takenAt }: Delivery): SkipReason | null => {
    if (clock.now() - takenAt > real(maxAgeMs)) return 'too-old';
    if (mutes !== undefined && isMuted(mutes(), alert, channel, clock.now())) return 'muted';
    return channel.skip?.(alert) ?? null;
  };

  /** Brings the alerts of a move of the market to the front, where the first alert belongs to one. */
  const gatherMove = (): { readonly move: MarketMove; readonly count: number } | null => {
    const found = alone > 0 ? null : moves.find(waiting);
    if (found === null) return null;
    const isOfMove = new Set(found.numbers);
    const [own, others] = [
      waiting.filter((_, n) => isOfMove.has(n)),
      waiting.filter((_, n) => !isOfMove.has(n)),
    ];
    waiting.splice(0, waiting.length, ...own, ...others);
    return { move: found.move, count: own.length };
  };

  /** By the time of the last attempt: a machine that slept through that time makes one more after it wakes. */
  const isExhausted = ({ attempts, takenAt, updatedAt }: Delivery): boolean =>
    attempts > 0 && updatedAt - takenAt > real(deadAfterMs);

  /** Settles the first of those that wait as long as none of them is to be sent. */
  const settleUnsent = (): void => {
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      const reason = whySkip(first) ?? (moves.isTold(first) ? 'market-move' : null);
      if (reason !== null) advance(1, () => ({ status: 'skipped', reason, detail: null }));
      else if (isExhausted(first)) advance(1, () => ({ status: 'dead' }));
      else return;
    }
  };

  /** How many of the first are delivered together: at least one. */
  const batchSize = (): number => {
    if (alone > 0) return 1;
    const end = (waiting[0]?.takenAt ?? 0) + real(gatherMs);
    const isResolved = waiting[0] !== undefined && isResolvedEvent(waiting[0].alert);
    // Not the first: it was to be sent a moment ago, and may have become too old since.
    const others = waiting.findIndex(
      (delivery, index) =>
        index > 0 &&
        ((gatherMs > 0 && delivery.takenAt > end) ||
          isResolvedEvent(delivery.alert) !== isResolved ||
          whySkip(delivery) !== null),
    );
    return Math.min(mostNow, others === -1 ? waiting.length : others);
  };

  const noteFailure = (error: DeliveryError): void => {
    delayMs = nextDelayMs(delayMs, RETRY, random());
    retryMs = Math.max(delayMs, real(Math.min(error.retryAfterMs, MOST_WAIT_MS)));
    const now = clock.now();
    failure = {
      kind: error.kind,
      message: error.content,
      attempts: (failure?.attempts ?? 0) + 1,
      since: failure?.since ?? now,
      retryAt: now + retryMs,
    };
    log.error({ channel: channel.id, err: error, waiting: waiting.length }, 'alerts cannot be delivered');
  };

  const noteSuccess = (): void => {
    if (failure !== null) log.info({ channel: channel.id }, 'alerts are delivered again');
    failure = null;
    delayMs = 0;
    lastDeliveredAt = clock.now();
  };

  const fail = (count: number, error: DeliveryError): void => {
    const { kind: reason, content: detail } = error;
    const delivered = new Set(error.delivered);
    // Among others, it is not known which one was rejected.
    const isFinal = reason === 'rejected' && count === 1;
    if (reason === 'rejected' && !isFinal) alone = count - delivered.size;
    else if (!isFinal) noteFailure(error);
    else
      log.error(
        { channel: channel.id, err: error },
        'the channel rejects an alert, which is a dead letter now',
      );
    advance(count, ({ alert, attempts }) =>
      delivered.has(alert.id)
        ? { status: 'delivered', reason: null, detail: null }
        : { status: isFinal ? 'dead' : 'failed', attempts: attempts + 1, reason, detail },
    );
  };

  const attempt = async (): Promise<void> => {
    const gathered = gatherMove();
    const count = gathered?.count ?? batchSize();
    alone = Math.max(0, alone - 1);
    const taken = waiting.slice(0, count);
    const one = taken.map(({ alert, takenAt }) => ({ ...alert, raisedAt: takenAt }));
    const move = gathered?.move ?? null;
    const alerts = move === null ? one : largestFirst(one).map((alert) => ({ ...alert, move }));
    bucket.take(clock.now() / clock.speed);
    try {
      await withinTime((signal) => channel.deliver(alerts, signal), {
        ms: real(timeoutMs),
        clock,
        signal: givingUp.signal,
        tooLate: () =>
          new DeliveryError('unreachable', message('delivery.timeout', { seconds: timeoutMs / SECOND_MS })),
      });
      noteSuccess();
      moves.delivered(taken, move);
      mostNow = Math.min(most, mostNow * 2);
      advance(count, () => ({ status: 'delivered', reason: null, detail: null }));
    } catch (cause) {
      const error = DeliveryError.from(cause);
      if (error.content.code === 'delivery.timeout') mostNow = Math.max(1, Math.floor(count / 2));
      fail(count, error);
    }
  };

  /** Resolves at the time, or when the program stops: then with false. A clock that was set back does not make it longer. */
  const sleepUntil = async (time: number, mostMs = Number.POSITIVE_INFINITY): Promise<boolean> => {
    const ms = Math.min(time - clock.now(), mostMs);
    if (ms > 0) await clock.sleep(ms, stopping.signal).catch(() => undefined); // rejects at the end alone
    return !stopping.signal.aborted;
  };

  const work = async (): Promise<void> => {
    for (;;) {
      settleUnsent();
      const first = waiting[0];
      if (first === undefined) return;
      const waitMs = Math.max(
        gatherMs,
        channel.isForPeople === true && market() !== null ? MARKET_WAIT_MS : 0,
      );
      if (waitMs > 0 && !(await sleepUntil(first.takenAt + real(waitMs), real(waitMs)))) return;
      if (failure !== null) await sleepUntil(failure.retryAt, retryMs);
      const rateMs = bucket.delayMs(clock.now() / clock.speed);
      if (rateMs > 0 && !(await sleepUntil(clock.now() + real(rateMs)))) return;
      settleUnsent();
      if (waiting.length > 0) await attempt();
      if (failure !== null && stopping.signal.aborted) return;
    }
  };

  /** What the channel holds ends with the process at the latest: a channel that cannot be closed must not hold it. */
  const close = async (): Promise<void> => {
    try {
      await withinTime(async () => channel.close?.(), {
        ms: real(STOP_MS),
        clock,
        signal: new AbortController().signal,
        tooLate: () => new Error('it takes too long'),
      });
    } catch (err) {
      log.warn({ err, channel: channel.id }, 'the channel cannot be closed');
    }
  };

  const run = createSingleRun(work);
  run.request();

  const begin = (news: readonly Delivery[]): void => {
    if (news.length === 0) return;
    waiting.push(...news);
    for (const { alert } of news) waitingIds.add(alert.id);
    run.request();
    // While the attempt is on its way: an alert does not wait for the outbox.
    outbox.note(
      channel.id,
      news.filter(({ alert }) => waitingIds.has(alert.id)),
    );
  };

  return {
    take(alerts) {
      const news = alerts.filter(({ alert }) => {
        const isWanted = channel.wants?.(alert) ?? true;
        if (isResolvedEvent(alert) && channel.sendsResolved !== true) return false;
        return isWanted && !waitingIds.has(alert.id) && !outbox.has(channel.id, alert.id);
      });
      begin(news.map((taken) => ({ ...taken, ...PENDING, updatedAt: taken.takenAt })));
    },
    sendAgain(dead) {
      const now = clock.now();
      const again = dead.filter(({ alert }) => !waitingIds.has(alert.id));
      begin(again.map(({ alert }) => ({ alert, ...PENDING, takenAt: now, updatedAt: now })));
    },
    state: () => ({ id: channel.id, waiting: waiting.length, failure, lastDeliveredAt }),
    async stop() {
      stopping.abort();
      const done = new AbortController();
      if (timeoutMs !== Number.POSITIVE_INFINITY) {
        clock.sleep(real(STOP_MS), done.signal).then(
          () => givingUp.abort(new DeliveryError('unreachable', message('delivery.stopping'))),
          () => undefined, // it was done in time
        );
      }
      await run.settled();
      done.abort();
      await close();
    },
  };
}
