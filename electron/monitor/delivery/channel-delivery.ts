import { type Alert, isResolvedEvent } from '../../../shared/domain/alert.ts';
import type { ChannelState, DeliveryStatus, SkipReason } from '../../../shared/domain/delivery.ts';
import type { MarketMove } from '../../../shared/domain/market-move.ts';
import type { QuietReason } from '../../../shared/domain/quiet.ts';
import { message } from '../../../shared/messages/message.ts';
import { isMuted, type Mute } from '../../../shared/settings/mutes.ts';
import { createSingleRun } from '../async/single-run.ts';
import { withinTime } from '../async/within-time.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../time/clock.ts';
import { createAttemptPace } from './attempt-pace.ts';
import type { Channel, RaisedAlert } from './channel.ts';
import type { Delivery } from './delivery.ts';
import { DeliveryError } from './delivery-error.ts';
import { createMarketMoves, largestFirst, type Market } from './market-moves.ts';
import { beyondSummary, holdReason, missedAlerts } from './missed-alerts.ts';
import type { Outbox } from './outbox.ts';
import { createTokenBucket } from './token-bucket.ts';
import { createWaitingDeliveries } from './waiting-deliveries.ts';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;

/** Less than a host waits for the end of the program. */
const STOP_MS = 2 * SECOND_MS;

/** So long an alert to people waits for others that make it a move of the market. */
const MARKET_WAIT_MS = 2 * SECOND_MS;

/** Of a delivery that no attempt was made for. */
const PENDING = { status: 'pending', attempts: 0, reason: null, detail: null } as const;
const DELIVERED = { status: 'delivered', reason: null, detail: null } as const;

/** The delivery of alerts to one channel: in their order, one call at a time, again until it succeeds. */
export type ChannelDelivery = {
  /** Takes alerts over, after those that it has; one that it has had is passed over. */
  take(alerts: readonly Pick<Delivery, 'alert' | 'takenAt'>[]): void;
  state(): ChannelState;
  /** A quiet time may have ended: what was held back is delivered as one summary. */
  wake(): void;
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
  /** The mutes that are in force; none when absent. */
  readonly mutes?: () => readonly Mute[];
  /** Why people are to be left alone now; null, or absent, while alerts are delivered to them. */
  readonly quiet?: () => QuietReason | null;
  readonly clock: Clock;
  /** In [0, 1); spreads retries. */
  readonly random: () => number;
  readonly log: Logger;
  readonly onChange: () => void;
  /** Called with how attempts ended, and for how many alerts. */
  readonly onResult?: (result: DeliveryResult, alerts: number) => void;
};

/** How an attempt ended: `failed` is tried again, the others are final. */
export type DeliveryResult = Exclude<DeliveryStatus, 'pending'>;

/** Starts at once with what an earlier run left. */
export function createChannelDelivery(options: ChannelDeliveryOptions): ChannelDelivery {
  const { channel, outbox, clock, log, onChange, market = () => null, mutes } = options;
  const { onResult = () => undefined } = options;
  const isForPeople = channel.isForPeople === true;
  const quiet = isForPeople && options.quiet !== undefined ? options.quiet : () => null;
  const { batch: most = 1, gatherMs = 0, timeoutMs = 30 * SECOND_MS } = channel.limits ?? {};
  const tellsMoves = isForPeople && channel.isDigest !== true;
  const moves = createMarketMoves(tellsMoves ? market : () => null);
  const bucket = createTokenBucket(channel.limits?.rate ?? null);
  const { maxAgeMs = Number.POSITIVE_INFINITY, deadAfterMs = 24 * HOUR_MS } = channel.limits ?? {};
  /** Of the outside world, which does not run faster with the program's clock. */
  const real = (ms: number): number => ms * clock.speed;
  const stopping = new AbortController();
  const givingUp = new AbortController();
  const waiting = createWaitingDeliveries(outbox.unsettled(channel.id), clock.now);
  const pace = createAttemptPace(clock, options.random);
  /** The most alerts in the next attempt: fewer after one that took too long, or it might never be done. */
  let mostNow = most;
  /** So many of the first are delivered one by one, because one of them was rejected among others. */
  let alone = 0;

  /** Replaces the first of those that wait by how far they are now. */
  const advance = (count: number, progress: (delivery: Delivery) => Partial<Delivery>): void => {
    if (count === 0) return;
    const advanced = waiting.advance(count, progress);
    outbox.note(channel.id, advanced);
    for (const [status, { length }] of Map.groupBy(advanced, (delivery) => delivery.status))
      if (status !== 'pending') onResult(status, length);
    onChange();
  };

  const isMutedNow = (alert: Pick<Alert, 'coinId' | 'rule'>): boolean =>
    mutes !== undefined && isMuted(mutes(), alert, channel);

  /** Whether the alert of the leading coin stands for this one, too: only where people get that one on this channel. */
  const isInhibited = (alert: Alert): boolean => {
    if (alert.inhibitedBy === undefined || channel.isForPeople !== true) return false;
    const leading = { ...alert, coinId: alert.inhibitedBy.coinId };
    return channel.wants?.(leading) !== false && !isMutedNow(leading);
  };

  const whySkip = (delivery: Delivery): SkipReason | null => {
    const { alert, takenAt } = delivery;
    if (clock.now() - takenAt > real(maxAgeMs) && holdReason(delivery) === null) return 'too-old';
    if (isMutedNow(alert)) return 'muted';
    if (isInhibited(alert)) return 'inhibited';
    return channel.skip?.(alert) ?? null;
  };

  /** Brings the alerts of a move of the market to the front, where the first alert belongs to one. */
  const gatherMove = (): { readonly move: MarketMove; readonly count: number } | null => {
    const found = alone > 0 ? null : moves.find(waiting.all());
    if (found === null) return null;
    const isOfMove = new Set(found.numbers);
    return { move: found.move, count: waiting.toFront((_, index) => isOfMove.has(index)) };
  };

  /** By the time of the last attempt: a machine that slept through that time makes one more after it wakes. */
  const isExhausted = (delivery: Delivery): boolean => {
    const { attempts, takenAt, updatedAt } = delivery;
    // The time in which it was held back is no failure.
    const since = holdReason(delivery) === null ? takenAt : (pace.failure()?.since ?? updatedAt);
    return attempts > 0 && updatedAt - since > real(deadAfterMs);
  };

  const giveUp = (delivery: Delivery): Partial<Delivery> => ({
    status: 'dead',
    ...(holdReason(delivery) !== null && { reason: pace.failure()?.kind ?? 'unreachable' }),
  });

  /** Settles the first of those that wait as long as none of them is to be sent. */
  const settleUnsent = (): void => {
    for (let first = waiting.first(); first !== undefined; first = waiting.first()) {
      const reason = whySkip(first) ?? (moves.isTold(first) ? 'market-move' : null);
      if (reason !== null) advance(1, () => ({ status: 'skipped', reason, detail: null }));
      else if (isExhausted(first)) advance(1, giveUp);
      else return;
    }
  };

  /** What is held back comes first: all that waits was, when the quiet time began. */
  const heldCount = (): number => {
    const first = waiting.first();
    if (first === undefined || holdReason(first) === null) return 0;
    return waiting.all().filter((delivery) => holdReason(delivery) !== null).length;
  };

  /** Holds back what waits while people are to be left alone. Returns whether they are. */
  const holdWhileQuiet = (): boolean => {
    const reason = quiet();
    if (reason === null) return false;
    const isNew = (delivery: Delivery): boolean => holdReason(delivery) === null;
    advance(waiting.toFront(isNew), () => ({ ...PENDING, reason }));
    const dropped = beyondSummary(waiting.all());
    advance(
      waiting.toFront(({ alert }) => dropped.has(alert.id)),
      () => ({ status: 'skipped' }),
    );
    return true;
  };

  /** How many of the first are delivered together: at least one. */
  const batchSize = (): number => {
    if (alone > 0) return 1;
    const first = waiting.first();
    const end = (first?.takenAt ?? 0) + real(gatherMs);
    const isResolved = first !== undefined && isResolvedEvent(first.alert);
    // Not the first: it was to be sent a moment ago, and may have become too old since. Not more than may be sent: thousands may wait.
    const others = waiting
      .all()
      .slice(0, mostNow)
      .findIndex(
        (delivery, index) =>
          index > 0 &&
          ((gatherMs > 0 && delivery.takenAt > end) ||
            isResolvedEvent(delivery.alert) !== isResolved ||
            whySkip(delivery) !== null),
      );
    return Math.min(mostNow, others === -1 ? waiting.length() : others);
  };

  const noteFailure = (error: DeliveryError): void => {
    pace.failed(error);
    log.error({ channel: channel.id, err: error, waiting: waiting.length() }, 'alerts cannot be delivered');
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
        ? DELIVERED
        : { status: isFinal ? 'dead' : 'failed', attempts: attempts + 1, reason, detail },
    );
  };

  /** Makes one attempt. @throws DeliveryError */
  const send = async (alerts: readonly RaisedAlert[]): Promise<void> => {
    bucket.take(clock.now() / clock.speed);
    try {
      await withinTime((signal) => channel.deliver(alerts, signal), {
        ms: real(timeoutMs),
        clock,
        signal: givingUp.signal,
        tooLate: () =>
          new DeliveryError('unreachable', message('delivery.timeout', { seconds: timeoutMs / SECOND_MS })),
      });
    } catch (cause) {
      throw DeliveryError.from(cause);
    }
    if (pace.succeeded()) log.info({ channel: channel.id }, 'alerts are delivered again');
  };

  const attempt = async (): Promise<void> => {
    const gathered = gatherMove();
    const count = gathered?.count ?? batchSize();
    alone = Math.max(0, alone - 1);
    const taken = waiting.all().slice(0, count);
    const one = taken.map(({ alert, takenAt }) => ({ ...alert, raisedAt: takenAt }));
    const move = gathered?.move ?? null;
    try {
      await send(move === null ? one : largestFirst(one).map((alert) => ({ ...alert, move })));
      moves.delivered(taken, move);
      mostNow = Math.min(most, mostNow * 2);
      advance(count, () => DELIVERED);
    } catch (cause) {
      const error = DeliveryError.from(cause);
      if (error.content.code === 'delivery.timeout') mostNow = Math.max(1, Math.floor(count / 2));
      fail(count, error);
    }
  };

  /** Delivers what was held back as one message, or has it all wait for another attempt. */
  const summarize = async (): Promise<void> => {
    const isHeld = (delivery: Delivery): boolean => holdReason(delivery) !== null;
    advance(
      waiting.toFront((delivery) => isHeld(delivery) && whySkip(delivery) !== null),
      (delivery) => ({ status: 'skipped', reason: whySkip(delivery), detail: null }),
    );
    const count = waiting.toFront(isHeld);
    if (count === 0) return;
    try {
      await send(missedAlerts(waiting.all().slice(0, count), clock.now()));
      advance(count, () => DELIVERED);
    } catch (cause) {
      const error = DeliveryError.from(cause);
      const { kind: reason, content: detail } = error;
      if (reason !== 'rejected') {
        noteFailure(error);
        onResult('failed', count); // they stay held back
      }
      advance(count, ({ attempts, reason: held }) =>
        reason === 'rejected'
          ? { status: 'dead', attempts: attempts + 1, reason, detail }
          : { attempts: attempts + 1, reason: held, detail },
      );
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
      const first = waiting.first();
      if (first === undefined || holdWhileQuiet()) return;
      const waitMs = Math.max(gatherMs, tellsMoves && market() !== null ? MARKET_WAIT_MS : 0);
      if (waitMs > 0 && !(await sleepUntil(first.takenAt + real(waitMs), real(waitMs)))) return;
      const failure = pace.failure();
      if (failure !== null) await sleepUntil(failure.retryAt, pace.retryMs());
      const rateMs = bucket.delayMs(clock.now() / clock.speed);
      if (rateMs > 0 && !(await sleepUntil(clock.now() + real(rateMs)))) return;
      settleUnsent();
      const next = waiting.first();
      if (next === undefined || holdWhileQuiet()) return;
      await (holdReason(next) === null ? attempt() : summarize());
      if (pace.failure() !== null && stopping.signal.aborted) return;
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
    waiting.add(news);
    // Written a moment later: an alert does not wait for the outbox.
    outbox.note(channel.id, news);
    run.request();
  };

  return {
    take(alerts) {
      const news = alerts.filter(({ alert }) => {
        const isWanted = channel.wants?.(alert) ?? true;
        if (isResolvedEvent(alert) && channel.sendsResolved !== true) return false;
        return isWanted && !waiting.has(alert.id) && !outbox.has(channel.id, alert.id);
      });
      begin(news.map((taken) => ({ ...taken, ...PENDING, updatedAt: taken.takenAt })));
    },
    sendAgain(dead) {
      const now = clock.now();
      const again = dead.filter(({ alert }) => !waiting.has(alert.id));
      begin(again.map(({ alert }) => ({ alert, ...PENDING, takenAt: now, updatedAt: now })));
    },
    wake: run.request,
    state: () => ({
      id: channel.id,
      waiting: waiting.length(),
      held: heldCount(),
      failure: pace.failure(),
      lastDeliveredAt: pace.lastDeliveredAt(),
    }),
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
