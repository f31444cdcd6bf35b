import { type CSSProperties, useRef } from 'react';
import type { Quote } from '../../shared/domain/quote.ts';
import { formatCoinName } from '../../shared/format/name.ts';
import { formatPrice } from '../../shared/format/price.ts';
import { t, text } from '../../shared/messages/message.ts';
import { useMonitorTime } from '../api/use-monitor-time.ts';
import { Change } from './change.tsx';
import { PriceAge } from './price-age.tsx';
import classes from './price-card.module.css';
import { Sparkline } from './sparkline.tsx';
import { useFlash } from './use-flash.ts';

type PriceCardProps = {
  readonly quote: Quote;
  readonly windowMinutes: number;
  readonly isChosen: boolean;
  readonly outage: string | null;
  readonly oldAfterMs: number;
  /** `row` is a line of a long list. */
  readonly shape: 'card' | 'row';
  readonly onChoose: (coinId: string) => void;
};

/** A coin's latest price and its changes. */
export function PriceCard(props: PriceCardProps) {
  const { quote, windowMinutes, isChosen, outage, oldAfterMs, shape, onChoose } = props;
  const { coinId, vsCurrency, price, source, observedAt, changeFromAveragePct, change24hPct, problem } =
    quote;
  const isOld = useMonitorTime((now) => observedAt !== null && now - observedAt > oldAfterMs);
  const priceText = price === null ? '' : formatPrice(price, vsCurrency);
  const priceRef = useRef<HTMLSpanElement>(null);
  useFlash(priceRef, price);

  return (
    <button
      type="button"
      className={classes.card}
      data-testid="price-card"
      data-coin={coinId}
      data-shape={shape}
      data-dimmed={(price !== null && (isOld || outage !== null)) || undefined}
      aria-pressed={isChosen}
      onClick={() => onChoose(coinId)}
    >
      <span className={`${classes.line} ${classes.head}`}>
        <span className={classes.name}>{formatCoinName(coinId)}</span>
        {observedAt !== null && (
          <PriceAge observedAt={observedAt} source={source ?? ''} isOld={isOld} outage={outage} />
        )}
        {observedAt === null && problem === null && (
          <span className={classes.waiting}>{t('quotes.waiting')}</span>
        )}
      </span>
      {price !== null && (
        <>
          <span className={classes.line}>
            <span className={classes.price} style={widthOf(priceText)} ref={priceRef} data-testid="price">
              {priceText}
            </span>
            <Sparkline className={classes.sparkline} points={quote.recent} width={120} height={30} />
          </span>
          <span className={classes.changes}>
            {changeFromAveragePct === null ? (
              <span className={classes.collecting}>{t('quotes.collecting', { minutes: windowMinutes })}</span>
            ) : (
              <Change
                pct={changeFromAveragePct}
                label={t('quotes.from-average', { minutes: windowMinutes })}
              />
            )}
            {change24hPct !== null && <Change pct={change24hPct} label={t('quotes.change-24h')} />}
          </span>
        </>
      )}
      {price === null && problem === null && <span className={classes.skeleton} aria-hidden="true" />}
      {problem !== null && <span className={classes.problem}>{text(problem)}</span>}
    </button>
  );
}

/** The length of a text as a CSS variable, from which the font size is computed. */
const widthOf = (text: string): CSSProperties => ({ '--characters': text.length }) as CSSProperties;
