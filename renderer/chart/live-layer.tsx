import type { VolumeKind } from '../../shared/domain/candle.ts';
import { intervalLengthMs } from '../../shared/domain/interval.ts';
import { CandleLayer } from './candle-layer.tsx';
import type { SeriesKey } from './candle-query.ts';
import { LastPrice } from './last-price.tsx';
import { useLiveCandle } from './use-live-candle.ts';
import { VolumeMarks } from './volume-marks.tsx';

type LiveLayerProps = {
  readonly series: SeriesKey;
  readonly volumeKind: VolumeKind | null;
  readonly clipId: string;
};

/** The candle in the making and the line at its price: the only part of the chart that a new price draws again. */
export function LiveLayer({ series, volumeKind, clipId }: LiveLayerProps) {
  const intervalMs = intervalLengthMs(series.interval);
  const live = useLiveCandle(series, (candle) => candle);
  if (live === null) return null;
  return (
    <>
      {volumeKind !== null && (
        <VolumeMarks candles={[live]} kind={volumeKind} intervalMs={intervalMs} clipId={clipId} />
      )}
      <CandleLayer candles={[live]} intervalMs={intervalMs} clipId={clipId} />
      <LastPrice price={live.close} vsCurrency={series.vsCurrency} isRising={live.close >= live.open} />
    </>
  );
}
