import type { z } from 'zod';
import type { Clock } from '../time/clock.ts';
import type { Channel, ChannelLimits } from './channel.ts';
import type { ReadCandles } from './chart/alert-charts.ts';
import type { SendHttp } from './http-request.ts';

/** What a channel may use of the program. */
export type ChannelContext = {
  /** Sends an HTTP request where the user allows it, with a bounded response. */
  readonly sendHttp: SendHttp;
  /** Real time. */
  readonly clock: Clock;
  /** The data folder, for paths that are not absolute. */
  readonly dataDir: string;
  /** Reads stored candles; absent where no database is open. */
  readonly candles?: ReadCandles;
};

/**
 * A kind of channel: what the user sets, and how alerts are delivered. A kind is one file that exports one of these, and its
 * line in `channels/registry.ts`.
 */
export type ChannelKind<Options = unknown> = {
  /** The name in the settings. It must never change. */
  readonly kind: string;
  /** What the user sets, secrets included. A `.describe(…)` of an option is shown beside its field. */
  readonly options: z.ZodType<Options>;
  /** The options that are secret. They never stand in settings.json: see `channel-secrets.ts`. */
  readonly secrets?: readonly (keyof Options & string)[];
  readonly limits?: ChannelLimits;
  /** See `Channel`. */
  readonly isForPeople?: boolean;
  /** Opens the channel without connecting anywhere; the first delivery does. */
  open(options: Options, context: ChannelContext): Pick<Channel, 'deliver' | 'close'>;
};

/** Checks that the parts of a kind fit together, and forgets the type of its options. */
export function channelKind<Options>(kind: ChannelKind<Options>): ChannelKind {
  return kind as unknown as ChannelKind;
}
