import type { Channel, RaisedAlert } from '../../electron/monitor/delivery/channel.ts';
import { CHANNEL_KINDS } from '../../electron/monitor/delivery/channels/registry.ts';
import type { ReadCandles } from '../../electron/monitor/delivery/chart/alert-charts.ts';
import { DeliveryError } from '../../electron/monitor/delivery/delivery-error.ts';
import { openChannel } from '../../electron/monitor/delivery/open-channel.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import { channelSettingSchema } from '../../shared/settings/channel-setting.ts';

const AT = Date.UTC(2026, 0, 5, 12);

/** Opens a channel of a kind like the program. `dataDir` and `candles` stand for the data folder and the database; they are not options. */
export function channelOf(
  kind: string,
  {
    dataDir = '/',
    candles,
    ...options
  }: { readonly dataDir?: string; readonly candles?: ReadCandles } & Readonly<Record<string, unknown>>,
  secrets: Readonly<Record<string, string>> = {},
): Channel {
  return openChannel(channelSettingSchema.parse({ id: 'test', kind, options }), {
    kinds: CHANNEL_KINDS,
    context: {
      sendHttp: () => Promise.reject(new Error('this kind sends no requests')),
      clock: systemClock,
      dataDir,
      ...(candles !== undefined && { candles }),
    },
    secret: (_, option) => secrets[option] ?? null,
  });
}

export function raisedAlert(number: number, coinId = 'bitcoin'): RaisedAlert {
  return {
    id: `alert-${number}`,
    rule: 'moving-average',
    kind: 'moving-average',
    params: { thresholdPct: 2, windowMinutes: 5 },
    severity: 'warning',
    coinId,
    vsCurrency: 'usd',
    source: 'kraken',
    observedAt: AT + number * 1_000,
    price: 61_800 + number,
    direction: 'up',
    figures: { average: 60_000, changePct: 3 },
    raisedAt: AT + number * 1_000 + 250,
  };
}

export const deliver = (channel: Channel, ...alerts: readonly RaisedAlert[]): Promise<void> =>
  channel.deliver(alerts, new AbortController().signal);

/** The error of a delivery that fails. */
export async function failureOf(delivery: Promise<unknown>): Promise<DeliveryError> {
  const error: unknown = await delivery.then(
    () => null,
    (cause: unknown) => cause,
  );
  if (!(error instanceof DeliveryError)) throw new Error(`not a DeliveryError: ${String(error)}`);
  return error;
}
