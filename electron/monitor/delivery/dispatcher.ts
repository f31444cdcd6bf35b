import type { Alert } from '../../../shared/domain/alert.ts';
import type { ChannelState } from '../../../shared/domain/delivery.ts';
import type { TickLog } from '../log/tick-log.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../time/clock.ts';
import type { Channel } from './channel.ts';
import { type ChannelDelivery, createChannelDelivery } from './channel-delivery.ts';
import { type AlertFollower, followAlerts } from './follow-alerts.ts';
import type { Outbox } from './outbox.ts';

const CURSOR_PREFIX = 'delivery:';

/** Brings alerts from the log to the channels, to each by itself: a slow or dead channel delays no other. */
export type Dispatcher = {
  /**
   * Opens the channels and goes on where each of them was; a new one begins with the next alert. What a channel still had
   * to deliver that is not among them any more is given up. Never throws.
   *
   * @param unusable ids of channels that cannot be opened now: what they still have to deliver waits for a later start
   */
  start(channels: readonly Channel[], unusable?: readonly string[]): void;
  /** Something was appended to the log. */
  wake(): void;
  /** Delivers alerts that the log cannot take now. When it can, they are known to be delivered. */
  deliverUnlogged(alerts: readonly Alert[]): void;
  /** Those that are open. */
  channels(): readonly Channel[];
  states(): readonly ChannelState[];
  /** Sends what a channel gave up once more: the named alerts, or all. Returns how many. */
  sendAgain(channel: string, alertIds?: readonly string[]): number;
  /** Delivers what is in the log, as far as that goes at once. */
  stop(): Promise<void>;
};

export type DispatcherOptions = {
  readonly tickLog: Pick<TickLog, 'cursor' | 'consumers' | 'forget'>;
  readonly outbox: Outbox;
  /** The clock by which batches are appended. */
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** Called with the channels' states whenever one may have changed. */
  readonly report: (states: readonly ChannelState[]) => void;
};

export function createDispatcher({ tickLog, outbox, report, ...options }: DispatcherOptions): Dispatcher {
  const { clock, log } = options;

  type Opened = {
    readonly channel: Channel;
    readonly follower: AlertFollower;
    readonly delivery: ChannelDelivery;
  };
  let opened: readonly Opened[] = [];
  const states = (): readonly ChannelState[] => opened.map(({ delivery }) => delivery.state());

  const open = (channel: Channel) => {
    const onChange = (): void => report(states());
    const delivery = createChannelDelivery({ channel, outbox, onChange, ...options });
    const follower = followAlerts({
      cursor: tickLog.cursor(CURSOR_PREFIX + channel.id, 'newest'),
      take: delivery.take,
      outbox,
      clock,
      log,
    });
    return { channel, follower, delivery };
  };
  /** On a full disk, the next start does it. */
  const forgetRemoved = (ids: readonly string[], unusable: readonly string[]): void => {
    try {
      const cursors = new Set(ids.map((id) => CURSOR_PREFIX + id));
      for (const consumer of tickLog.consumers()) {
        if (consumer.startsWith(CURSOR_PREFIX) && !cursors.has(consumer)) tickLog.forget(consumer);
      }
      outbox.giveUpOthers([...ids, ...unusable], clock.now());
    } catch (err) {
      log.error({ err }, 'the journal cannot note which channels were removed');
    }
  };
  const wake = (): void => {
    for (const { follower } of opened) follower.wake();
  };

  return {
    start(channels, unusable = []) {
      forgetRemoved(
        channels.map(({ id }) => id),
        unusable,
      );
      opened = channels.map(open);
      report(states());
      wake();
    },
    wake,
    deliverUnlogged(alerts) {
      const takenAt = clock.now();
      for (const { delivery } of opened) delivery.take(alerts.map((alert) => ({ alert, takenAt })));
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
      await Promise.all(
        opened.map(async ({ follower, delivery }) => {
          await follower.stop();
          await delivery.stop();
        }),
      );
      outbox.flush();
    },
  };
}
