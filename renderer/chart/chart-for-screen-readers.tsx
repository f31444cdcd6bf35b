import { VisuallyHidden } from '@mantine/core';
import { memo, useEffect, useState } from 'react';
import type { AlertMark } from '../../shared/domain/alert-mark.ts';
import { formatSource } from '../../shared/format/name.ts';
import { formatPct } from '../../shared/format/percent.ts';
import { formatPrice } from '../../shared/format/price.ts';
import { t } from '../../shared/messages/message.ts';
import type { Observable } from '../observable/observable.ts';
import { useObservable } from '../observable/use-observable.ts';
import type { HoverPoint } from './layers/crosshair.tsx';
import type { ChartCore } from './model/chart-core.ts';
import { summaryOf } from './model/chart-summary.ts';
import { shownCandles } from './model/shown-candles.ts';
import { visibleSources } from './model/sources.ts';

type ChartForScreenReadersProps = {
  readonly core: ChartCore;
  readonly hover: Observable<HoverPoint | null>;
  readonly alerts: readonly AlertMark[];
  readonly vsCurrency: string;
  readonly summaryId: string;
  /** The start of a candle as a date with its year. */
  readonly dateOf: (start: number) => string;
};

/** A table of more rows would be too long to be useful. */
const MAX_ROWS = 200;
const COLUMNS = ['time', 'opening', 'high', 'low', 'close', 'volume'] as const;

/** The chart for screen readers: a summary, the candle under the crosshair as it moves, and a table. */
export const ChartForScreenReaders = memo(function ChartForScreenReaders(props: ChartForScreenReadersProps) {
  const { core, hover, alerts, vsCurrency, summaryId, dateOf } = props;
  const scene = useObservable(core.rested);
  const [isTableOpen, setTableOpen] = useState(false);
  const candles = scene === null ? [] : shownCandles(scene);
  const sources = scene === null ? [] : visibleSources(scene).map(formatSource);
  const intervalMs = scene?.intervalMs ?? 0;
  const rows = isTableOpen ? candles.slice(-MAX_ROWS) : [];
  return (
    <VisuallyHidden>
      <p id={summaryId} data-testid="chart-summary">
        {summaryOf({ candles, alerts, sources, intervalMs, vsCurrency, dateOf })}
      </p>
      <Spoken core={core} hover={hover} vsCurrency={vsCurrency} dateOf={dateOf} />
      <button type="button" aria-expanded={isTableOpen} onClick={() => setTableOpen(!isTableOpen)}>
        {t('chart-table.open')}
      </button>
      {isTableOpen && (
        <table>
          <caption>{t('chart-table.caption', { count: rows.length })}</caption>
          <thead>
            <tr>
              {COLUMNS.map((name) => (
                <th key={name} scope="col">
                  {t(`chart-table.${name}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ start, open, high, low, close, volume }) => (
              <tr key={start}>
                <th scope="row">{dateOf(start)}</th>
                <td>{formatPrice(open, vsCurrency)}</td>
                <td>{formatPrice(high, vsCurrency)}</td>
                <td>{formatPrice(low, vsCurrency)}</td>
                <td>{formatPrice(close, vsCurrency)}</td>
                <td>{volume ?? t('chart-table.unknown')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </VisuallyHidden>
  );
});

/** A pointer passes over many candles quickly; a candle is announced only when the pointer stops. */
const SPEAK_MS = 300;

type SpokenProps = Pick<ChartForScreenReadersProps, 'core' | 'hover' | 'vsCurrency' | 'dateOf'>;

/** Announces the candle under the crosshair. */
const Spoken = memo(function Spoken({ core, hover, vsCurrency, dateOf }: SpokenProps) {
  const point = useObservable(hover);
  const [announcement, announce] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => {
      const scene = core.scene();
      if (point === null || scene === null) return announce('');
      const at = scene.time.at(point.x);
      const candle = shownCandles(scene).find(({ start }) => at >= start && at < start + scene.intervalMs);
      announce(
        candle === undefined
          ? t('chart.no-candle')
          : t('chart.candle', {
              date: dateOf(candle.start),
              price: formatPrice(candle.close, vsCurrency),
              change: formatPct((candle.close / candle.open - 1) * 100),
            }),
      );
    }, SPEAK_MS);
    return () => clearTimeout(timer);
  }, [core, point, vsCurrency, dateOf]);
  return (
    <p aria-live="polite" data-testid="chart-spoken">
      {announcement}
    </p>
  );
});
