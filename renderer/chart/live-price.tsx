import { LastPrice } from './layers/last-price.tsx';
import type { Zone } from './model/candle-time.ts';
import type { ChartCore } from './model/chart-core.ts';
import type { SeriesKey } from './model/series-key.ts';
import { useLastPriceNote } from './use-last-price-note.ts';

type LivePriceProps = {
  readonly core: ChartCore;
  readonly series: SeriesKey;
  readonly zone: Zone;
};

/** The last price with the note below it, which changes every second without rendering anything else. */
export function LivePrice({ core, series, zone }: LivePriceProps) {
  const note = useLastPriceNote(core, series, zone);
  return <LastPrice core={core} vsCurrency={series.vsCurrency} {...note} />;
}
