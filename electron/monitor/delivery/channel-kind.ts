import type { z } from 'zod';
import type { Clock } from '../time/clock.ts';
import type { Channel, ChannelLimits } from './channel.ts';
import type { ReadCandles } from './chart/alert-charts.ts';
import type { SendHttp } from './http-request.ts';

/** The parts of the program that a channel may use. */
export type ChannelContext = {
  /** Sends an HTTP request to an address that the user allows; the response is bounded. */
  readonly sendHttp: SendHttp;
  /** Real time. */
  readonly clock: Clock;
  /** The data folder, for paths that are not absolute. */
  readonly dataDir: string;
  /** Reads stored candles; absent if no database is open. */
  readonly candles?: ReadCandles;
};

/**
 * A kind of channel: its options, and how alerts are delivered. Each kind is one file that exports one of these, and a line in
 * `channels/registry.ts`.
 */
export type ChannelKind<Options = unknown> = {
  /** The name in the settings. It must never change. */
  readonly kind: string;
  /**
   * The options that the user sets, including secrets. The description of an option, see `optionText`, or an example of
   * it (`.meta({ examples })`) is shown beside its field.
   */
  readonly options: z.ZodType<Options>;
  /** The secret options. They are never stored in settings.json: see `channel-secrets.ts`. */
  readonly secrets?: readonly (keyof Options & string)[];
  readonly limits?: ChannelLimits;
  /** See `Channel`. */
  readonly isForPeople?: boolean;
  /** Opens the channel without connecting anywhere; the first delivery does. */
  open(options: Options, context: ChannelContext): Pick<Channel, 'deliver' | 'close' | 'path'>;
};

/** Checks that the parts of a kind fit together, and erases the type of its options. */
export function channelKind<Options>(kind: ChannelKind<Options>): ChannelKind {
  return kind as unknown as ChannelKind;
}
