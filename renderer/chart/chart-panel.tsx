import { SegmentedControl } from '@mantine/core';
import { type Dispatch, useMemo } from 'react';
import { INTERVALS, type Interval } from '../../shared/domain/interval.ts';
import { formatCoinName } from '../../shared/format/name.ts';
import { t, text } from '../../shared/messages/message.ts';
import { messageOf } from '../../shared/messages/message-error.ts';
import { focusPart } from '../api/use-host-requests.ts';
import { useSnapshot } from '../api/use-snapshot.ts';
import { LazyPart } from '../parts/lazy-part.tsx';
import classes from './chart-panel.module.css';
import { CoinChoice } from './coin-choice.tsx';
import { CoverText } from './cover-text.tsx';
import type { ChartAction, ChartChoice } from './model/chart-choice.ts';
import { LIVE_VIEW } from './model/chart-view.ts';
import type { SeriesKey } from './model/series-key.ts';
import type { WantedLevel } from './model/wanted-level.ts';
import type { GridControl } from './toolbar/grid-menu.tsx';
import { useClosedCandles } from './use-closed-candles.ts';

/** The chart library is the largest part of the page, and prices are shown before it is loaded. */
const loadStage = () => import('./chart-stage.tsx').then(({ ChartStage }) => ChartStage);

type ChartPanelProps = {
  readonly coinId: string;
  readonly vsCurrency: string;
  readonly choice: ChartChoice;
  readonly dispatch: Dispatch<ChartAction>;
  /** Adds a rule for a level on the chart; absent if rules cannot be added. */
  readonly onLevelWanted?: (level: WantedLevel) => void;
  /** The coin of the first chart is chosen on the page; any other chart has its own choice of coins. */
  readonly isFirst: boolean;
  /** The grid of charts, on its first chart; null on any other. */
  readonly grid: GridControl | null;
};

/** The chart of the chosen coin, with its interval, and a message while there is nothing to draw. */
export function ChartPanel(props: ChartPanelProps) {
  const { coinId, vsCurrency, choice, dispatch, onLevelWanted, isFirst, grid } = props;
  const { interval } = choice;
  const series = useMemo((): SeriesKey => ({ coinId, vsCurrency, interval }), [coinId, vsCurrency, interval]);
  const query = useClosedCandles(series);
  const trouble = query.error ?? query.failureReason;
  const problem =
    useSnapshot(({ quotes }) => quotes.find((quote) => quote.coinId === coinId)?.problem) ?? null;
  const isFilling = useSnapshot(({ status }) => status.backfill !== undefined) ?? false;

  return (
    <section
      className={classes.panel}
      aria-label={t('chart.title', { coin: formatCoinName(coinId) })}
      data-place={isFirst ? 'chart' : undefined}
      tabIndex={-1}
    >
      <header className={classes.header}>
        <h2>
          {isFirst ? (
            formatCoinName(coinId)
          ) : (
            <CoinChoice
              coinId={coinId}
              onChoose={(coin) => dispatch({ type: 'choose-coin', coinId: coin })}
            />
          )}
          <span>{vsCurrency.toUpperCase()}</span>
        </h2>
        {choice.view.mode === 'past' && (
          <button
            type="button"
            className={classes.backToLive}
            onClick={() => {
              dispatch({ type: 'change-view', change: () => LIVE_VIEW });
              // The button is removed, and the focus would be lost.
              focusPart('chart');
            }}
          >
            {t('chart.live')} <span aria-hidden="true">→</span>
          </button>
        )}
        <SegmentedControl
          aria-label={t('chart.interval')}
          className={classes.intervals ?? ''}
          size="xs"
          data={intervalsWith(interval)}
          value={interval}
          onChange={(chosen) => dispatch({ type: 'choose-interval', interval: chosen as Interval })}
        />
      </header>
      {trouble !== null && query.data !== undefined && (
        <p className={classes.trouble} role="status">
          {t('chart.outdated', { reason: messageOf(trouble) })}
        </p>
      )}
      {query.data === undefined ? (
        <CoverText trouble={trouble} />
      ) : query.data.isEmpty ? (
        <div className={classes.cover}>
          {problem !== null ? (
            <>
              <p>{t('chart.no-prices', { coin: formatCoinName(coinId) })}</p>
              <p>{text(problem)}</p>
            </>
          ) : (
            <>
              <p>{t(isFilling ? 'chart.past-loading' : 'chart.candles-to-come')}</p>
              <p>{t('chart.first-to-come', { coin: formatCoinName(coinId) })}</p>
            </>
          )}
        </div>
      ) : (
        <LazyPart
          part="chart"
          load={loadStage}
          waiting={<div className={classes.loading} role="status" aria-label={t('chart.loading')} />}
          resetKeys={[series]}
          props={{
            series,
            closed: query.data,
            choice,
            dispatch,
            hasOlder: query.hasNextPage,
            isLoadingOlder: query.isFetchingNextPage,
            onLevelWanted: onLevelWanted ?? null,
            grid,
            loadOlder: query.hasNextPage && !query.isFetching ? query.fetchNextPage : null,
          }}
        />
      )}
    </section>
  );
}

/** The offered intervals, and the chosen one if it is not among them. */
const intervalsWith = (chosen: Interval): Interval[] =>
  INTERVALS.some((one) => one === chosen) ? [...INTERVALS] : [...INTERVALS, chosen];
