import type { Alert } from '../../../shared/domain/alert.ts';
import type { ChannelState } from '../../../shared/domain/delivery.ts';
import type { QuietReason } from '../../../shared/domain/quiet.ts';
import type { Mute } from '../../../shared/settings/mutes.ts';
import { createTurns } from '../async/in-turn.ts';
import type { TickLog } from '../log/tick-log.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../time/clock.ts';
import type { Channel } from './channel.ts';
import { type ChannelDelivery, createChannelDelivery, type DeliveryResult } from './channel-delivery.ts';
import { type AlertFollower, followAlerts } from './follow-alerts.ts';
import type { Market } from './market-moves.ts';
import type { Outbox } from './outbox.ts';

const CURSOR_PREFIX = 'delivery:';

/** Delivers alerts from the log to the channels, to each independently: a slow or dead channel delays no other. */
export type Dispatcher = {
  /**
   * Opens the channels and continues where each of them was; a new one begins with the next alert. Pending deliveries of channels
   * that are no longer included are skipped. Never throws.
   *
   * @param channels the first one receives an alert in the same turn of the event loop, before any work for the others: the file,
   *   whose line waits for nothing but the disk
   * @param unusable ids of channels that cannot be opened now: their pending deliveries wait for a later start
   */
  start(channels: readonly Channel[], unusable?: readonly string[]): void;
  /**
   * Continues with these channels instead. A channel that is the same object is not interrupted; another one with the same id
   * takes over the pending deliveries. Resolves when the others are closed. Never rejects.
   */
  change(channels: readonly Channel[], unusable?: readonly string[]): Promise<void>;
  /** Something was appended to the log. */
  wake(): void;
  /** A quiet time began or ended. */
  quietChanged(): void;
  /** Delivers alerts that cannot be appended to the log now. When they are appended later, they are known to be delivered. */
  deliverUnlogged(alerts: readonly Alert[]): void;
  /** The channels that are open. */
  channels(): readonly Channel[];
  states(): readonly ChannelState[];
  /** Retries the dead letters of a channel: those of the named alerts, or all. Returns their number. */
  sendAgain(channel: string, alertIds?: readonly string[]): number;
  /** Delivers what is in the log, as far as that is possible immediately. */
  stop(): Promise<void>;
};

export type DispatcherOptions = {
  readonly tickLog: Pick<TickLog, 'cursor' | 'consumers' | 'forget'>;
  readonly outbox: Outbox;
  /** Decides whether alerts are a market move, for channels to people; null, or absent, for never. */
  readonly market?: () => Market | null;
  /** The mutes that are in force; none when absent. */
  readonly mutes?: () => readonly Mute[];
  /** The reason of the quiet time that people are in; null, or absent, while alerts are delivered to them. */
  readonly quiet?: () => QuietReason | null;
  /** The clock by which batches are appended. */
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** Called with the channels' states whenever one may have changed. */
  readonly report: (states: readonly ChannelState[]) => void;
  /** Called with the result of attempts to deliver, and the number of alerts. */
  readonly onResult?: (channel: string, result: DeliveryResult, alerts: number) => void;
};

export function createDispatcher(given: DispatcherOptions): Dispatcher {
  const { tickLog, outbox, report, onResult = () => undefined, ...options } = given;
  const { clock, log } = options;

  type Opened = {
    readonly channel: Channel;
    readonly follower: AlertFollower;
    readonly delivery: ChannelDelivery;
  };
  let opened: readonly Opened[] = [];
  let isStopping = false;
  /** One change after another. */
  const inTurn = createTurns();
  const states = (): readonly ChannelState[] => opened.map(({ delivery }) => delivery.state());

  const open = (channel: Channel) => {
    const onChange = (): void => report(states());
    const delivery = createChannelDelivery({
      channel,
      outbox,
      onChange,
      onResult: (result, alerts) => onResult(channel.id, result, alerts),
      ...options,
    });
    const follower = followAlerts({
      cursor: tickLog.cursor(CURSOR_PREFIX + channel.id, 'newest'),
      onAlerts: delivery.add,
      outbox,
      clock,
      log,
    });
    return { channel, follower, delivery };
  };
  /** On a full disk, the next start repeats it. */
  const forgetRemoved = (ids: readonly string[], unusable: readonly string[]): void => {
    try {
      const cursors = new Set(ids.map((id) => CURSOR_PREFIX + id));
      for (const consumer of tickLog.consumers()) {
        if (consumer.startsWith(CURSOR_PREFIX) && !cursors.has(consumer)) tickLog.forget(consumer);
      }
      outbox.skipOthers([...ids, ...unusable], clock.now());
    } catch (err) {
      log.error({ err }, 'the log file cannot record which channels were removed');
    }
  };
  let isWaking = false;
  const wake = (): void => {
    opened[0]?.follower.wake();
    if (isWaking || opened.length < 2) return;
    isWaking = true;
    setImmediate(() => {
      isWaking = false;
      for (const { follower } of opened.slice(1)) follower.wake();
    });
  };

  const close = async ({ follower, delivery }: Opened): Promise<void> => {
    await follower.stop();
    await delivery.stop();
  };
  /** Opens those that are not open yet. */
  const continueWith = (channels: readonly Channel[], unusable: readonly string[]): void => {
    forgetRemoved(
      channels.map(({ id }) => id),
      unusable,
    );
    opened = channels.map((channel) => opened.find((each) => each.channel === channel) ?? open(channel));
    report(states());
    wake();
  };

  return {
    start: (channels, unusable = []) => continueWith(channels, unusable),
    change: (channels, unusable = []) =>
      inTurn(async () => {
        if (isStopping) return;
        const ended = opened.filter(({ channel }) => !channels.includes(channel));
        // No longer woken: records that are appended from now on are for their replacements.
        opened = opened.filter((each) => !ended.includes(each));
        await Promise.all(ended.map(close));
        // The replacements begin with the state in the outbox.
        outbox.flush();
        if (!isStopping) continueWith(channels, unusable);
      }),
    wake,
    quietChanged() {
      for (const { delivery } of opened) delivery.wake();
    },
    deliverUnlogged(alerts) {
      const takenAt = clock.now();
      for (const { delivery } of opened) delivery.add(alerts.map((alert) => ({ alert, takenAt })));
    },
    channels: () => opened.map(({ channel }) => channel),
    states,
    sendAgain(channel, alertIds) {
      const delivery = opened.find((each) => each.channel.id === channel)?.delivery;
      if (delivery === undefined) return 0;
      outbox.flush();
      const dead = outbox
        .dead(channel)
        .filter(({ alert }) => alertIds === undefined || alertIds.includes(alert.id));
      delivery.sendAgain(dead);
      return dead.length;
    },
    async stop() {
      isStopping = true;
      await inTurn(() => Promise.all(opened.map(close)));
      opened = [];
      outbox.flush();
    },
  };
}
