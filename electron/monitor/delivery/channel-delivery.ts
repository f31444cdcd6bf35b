import { isResolvedEvent } from '../../../shared/domain/alert.ts';
import type { ChannelState, DeliveryStatus } from '../../../shared/domain/delivery.ts';
import type { MarketMove } from '../../../shared/domain/market-move.ts';
import type { QuietReason } from '../../../shared/domain/quiet.ts';
import { message } from '../../../shared/messages/message.ts';
import type { Mute } from '../../../shared/settings/mutes.ts';
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
import { createSkipping } from './skip-reason.ts';
import { createTokenBucket } from './token-bucket.ts';
import { createWaitingDeliveries } from './waiting-deliveries.ts';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;

/** Less than a host waits for the program to end. */
const STOP_MS = 2 * SECOND_MS;

/** How long an alert to people waits for others that make it a market move. */
const MARKET_WAIT_MS = 2 * SECOND_MS;

/** The state of a delivery before its first attempt. */
const PENDING = { status: 'pending', attempts: 0, reason: null, detail: null } as const;
const DELIVERED = { status: 'delivered', reason: null, detail: null } as const;

/** The delivery of alerts to one channel: in order, one call at a time, retried until it succeeds. */
export type ChannelDelivery = {
  /** Adds alerts after those that are waiting. Alerts that were added before are skipped. */
  add(alerts: readonly Pick<Delivery, 'alert' | 'takenAt'>[]): void;
  state(): ChannelState;
  /** A quiet time may have ended: alerts that were held back are delivered as one summary. */
  wake(): void;
  /** Retries dead letters, after the deliveries that are waiting. */
  sendAgain(dead: readonly Delivery[]): void;
  /**
   * Makes a last attempt if a retry is due, stops waiting, and closes the channel. The next start continues with what is left.
   * Never rejects.
   */
  stop(): Promise<void>;
};

export type ChannelDeliveryOptions = {
  readonly channel: Channel;
  readonly outbox: Pick<Outbox, 'unsettled' | 'has' | 'note'>;
  /** Decides whether alerts are a market move; null, or absent, while each alert is delivered separately. */
  readonly market?: () => Market | null;
  /** The mutes that are in force; none when absent. */
  readonly mutes?: () => readonly Mute[];
  /** The reason of the quiet time that people are in; null, or absent, while alerts are delivered to them. */
  readonly quiet?: () => QuietReason | null;
  readonly clock: Clock;
  /** In [0, 1); spreads retries. */
  readonly random: () => number;
  readonly log: Logger;
  readonly onChange: () => void;
  /** Called with the result of attempts, and the number of alerts. */
  readonly onResult?: (result: DeliveryResult, alerts: number) => void;
};

/** The result of an attempt: `failed` is retried, the others are final. */
export type DeliveryResult = Exclude<DeliveryStatus, 'pending'>;

/** Immediately starts with the deliveries that an earlier run left. */
export function createChannelDelivery(options: ChannelDeliveryOptions): ChannelDelivery {
  const { channel, outbox, clock, log, onChange, market = () => null, mutes = () => [] } = options;
  const { onResult = () => undefined } = options;
  const isForPeople = channel.isForPeople === true;
  const quiet = isForPeople && options.quiet !== undefined ? options.quiet : () => null;
  const { batch: most = 1, gatherMs = 0, timeoutMs = 30 * SECOND_MS } = channel.limits ?? {};
  const groupsMarketMoves = isForPeople && channel.isDigest !== true;
  const moves = createMarketMoves(groupsMarketMoves ? market : () => null);
  const bucket = createTokenBucket(channel.limits?.rate ?? null);
  const { maxAgeMs = Number.POSITIVE_INFINITY, deadAfterMs = 24 * HOUR_MS } = channel.limits ?? {};
  /** For the outside world, which does not run faster with the program's clock. */
  const real = (ms: number): number => ms * clock.speed;
  const stopping = new AbortController();
  const givingUp = new AbortController();
  const waiting = createWaitingDeliveries(outbox.unsettled(channel.id), clock.now);
  const pace = createAttemptPace(clock, options.random);
  const skipReasonOf = createSkipping({ channel, mutes, maxAgeMs: real(maxAgeMs), clock });
  /**
   * The maximum number of alerts in the next attempt: fewer after a timeout, because a batch of that size might never succeed.
   */
  let maxNow = most;
  /** How many of the first are delivered one by one, because one of them was rejected in a batch. */
  let oneByOne = 0;

  /** Replaces the first waiting deliveries with their new progress. */
  const advance = (count: number, progress: (delivery: Delivery) => Partial<Delivery>): void => {
    if (count === 0) return;
    const advanced = waiting.advance(count, progress);
    outbox.note(channel.id, advanced);
    for (const [status, { length }] of Map.groupBy(advanced, (delivery) => delivery.status))
      if (status !== 'pending') onResult(status, length);
    onChange();
  };

  /** Moves the alerts of a market move to the front, if the first alert belongs to one. */
  const gatherMove = (): { readonly move: MarketMove; readonly count: number } | null => {
    const found = oneByOne > 0 ? null : moves.find(waiting.all());
    if (found === null) return null;
    const isOfMove = new Set(found.numbers);
    return { move: found.move, count: waiting.toFront((_, index) => isOfMove.has(index)) };
  };

  /** Measured at the last attempt: a machine that slept through the limit makes one more attempt after it wakes. */
  const isExhausted = (delivery: Delivery): boolean => {
    const { attempts, takenAt, updatedAt } = delivery;
    // The time in which it was held back is not part of a failure.
    const since = holdReason(delivery) === null ? takenAt : (pace.failure()?.since ?? updatedAt);
    return attempts > 0 && updatedAt - since > real(deadAfterMs);
  };

  const toDeadLetter = (delivery: Delivery): Partial<Delivery> => ({
    status: 'dead',
    ...(holdReason(delivery) !== null && { reason: pace.failure()?.kind ?? 'unreachable' }),
  });

  /** Settles the first waiting deliveries up to one that is to be sent. */
  const settleUnsent = (): void => {
    for (let first = waiting.first(); first !== undefined; first = waiting.first()) {
      const reason = skipReasonOf(first) ?? (moves.isCovered(first) ? 'market-move' : null);
      if (reason !== null) advance(1, () => ({ status: 'skipped', reason, detail: null }));
      else if (isExhausted(first)) advance(1, toDeadLetter);
      else return;
    }
  };

  /** Alerts that were held back come first: all that were waiting when the quiet time began. */
  const heldCount = (): number => {
    const first = waiting.first();
    if (first === undefined || holdReason(first) === null) return 0;
    return waiting.all().filter((delivery) => holdReason(delivery) !== null).length;
  };

  /** Holds back waiting alerts during quiet times. Returns whether it is a quiet time. */
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
    if (oneByOne > 0) return 1;
    const first = waiting.first();
    const end = (first?.takenAt ?? 0) + real(gatherMs);
    const isResolved = first !== undefined && isResolvedEvent(first.alert);
    // The first is not checked again: it was due a moment ago, and may have become too old since. Only as many as fit into an
    // attempt are examined, because thousands may wait.
    const others = waiting
      .all()
      .slice(0, maxNow)
      .findIndex(
        (delivery, index) =>
          index > 0 &&
          ((gatherMs > 0 && delivery.takenAt > end) ||
            isResolvedEvent(delivery.alert) !== isResolved ||
            skipReasonOf(delivery) !== null),
      );
    return Math.min(maxNow, others === -1 ? waiting.length() : others);
  };

  const noteFailure = (error: DeliveryError): void => {
    pace.failed(error);
    log.error({ channel: channel.id, err: error, waiting: waiting.length() }, 'alerts cannot be delivered');
  };

  const fail = (count: number, error: DeliveryError): void => {
    const { kind: reason, content: detail } = error;
    const delivered = new Set(error.delivered);
    // In a batch, it is unknown which alert was rejected.
    const isFinal = reason === 'rejected' && count === 1;
    if (reason === 'rejected' && !isFinal) oneByOne = count - delivered.size;
    else if (!isFinal) noteFailure(error);
    else
      log.error(
        { channel: channel.id, err: error },
        'the channel rejected an alert, which is now a dead letter',
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
    oneByOne = Math.max(0, oneByOne - 1);
    const first = waiting.all().slice(0, count);
    const single = first.map(({ alert, takenAt }) => ({ ...alert, raisedAt: takenAt }));
    const move = gathered?.move ?? null;
    try {
      await send(move === null ? single : largestFirst(single).map((alert) => ({ ...alert, move })));
      moves.delivered(first, move);
      maxNow = Math.min(most, maxNow * 2);
      advance(count, () => DELIVERED);
    } catch (cause) {
      const error = DeliveryError.from(cause);
      if (error.content.code === 'delivery.timeout') maxNow = Math.max(1, Math.floor(count / 2));
      fail(count, error);
    }
  };

  /** Delivers the alerts that were held back as one message, or keeps all of them for another attempt. */
  const summarize = async (): Promise<void> => {
    const isHeld = (delivery: Delivery): boolean => holdReason(delivery) !== null;
    advance(
      waiting.toFront((delivery) => isHeld(delivery) && skipReasonOf(delivery) !== null),
      (delivery) => ({ status: 'skipped', reason: skipReasonOf(delivery), detail: null }),
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

  /** Resolves with true at the time, or with false when the program stops. Setting the clock back does not prolong it. */
  const sleepUntil = async (time: number, mostMs = Number.POSITIVE_INFINITY): Promise<boolean> => {
    const ms = Math.min(time - clock.now(), mostMs);
    if (ms > 0) await clock.sleep(ms, stopping.signal).catch(() => undefined); // rejects only at the end
    return !stopping.signal.aborted;
  };

  const work = async (): Promise<void> => {
    for (;;) {
      settleUnsent();
      const first = waiting.first();
      if (first === undefined || holdWhileQuiet()) return;
      const waitMs = Math.max(gatherMs, groupsMarketMoves && market() !== null ? MARKET_WAIT_MS : 0);
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

  /** Closing a channel must not delay the end of the process, which releases the channel's resources anyway. */
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
    const added = waiting.add(news);
    if (added.length === 0) return;
    // Written asynchronously: an alert does not wait for the outbox.
    outbox.note(channel.id, added);
    run.request();
  };

  return {
    add(alerts) {
      const news = alerts.filter(({ alert }) => {
        const isWanted = channel.wants?.(alert) ?? true;
        if (isResolvedEvent(alert) && channel.sendsResolved !== true) return false;
        return isWanted && !outbox.has(channel.id, alert.id);
      });
      begin(news.map((one) => ({ ...one, ...PENDING, updatedAt: one.takenAt })));
    },
    sendAgain(dead) {
      const now = clock.now();
      begin(dead.map(({ alert }) => ({ alert, ...PENDING, takenAt: now, updatedAt: now })));
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
          () => undefined, // it ended in time
        );
      }
      await run.settled();
      done.abort();
      await close();
    },
  };
}
