import { useQuery } from '@tanstack/react-query';
import type { Alert } from '../../shared/domain/alert.ts';
import { formatTimeOfDay } from '../../shared/format/local-time.ts';
import { formatPrice } from '../../shared/format/price.ts';
import { t } from '../../shared/messages/message.ts';
import { messageOf } from '../../shared/messages/message-error.ts';
import { useMonitor } from '../api/monitor-context.ts';
import classes from './alert-moment.module.css';
import { momentOf, momentShape } from './moment-shape.ts';

const MINUTES = 11;
/** How often the candles are fetched until the minutes after the alert are over. */
const REFRESH_MS = 15_000;

/** The candles of the ten minutes around an alert. */
export function AlertMoment({ alert }: { readonly alert: Alert }) {
  const { client, clock } = useMonitor();
  const { coinId, observedAt, vsCurrency, price } = alert;
  const { from, to } = momentOf(observedAt);
  const isOver = (): boolean => clock.now() > to;
  const { data, error } = useQuery({
    queryKey: ['alert-moment', alert.id],
    queryFn: () => client.call('candles', { coinId, interval: '1m', limit: MINUTES, before: to }),
    staleTime: () => (isOver() ? Number.POSITIVE_INFINITY : REFRESH_MS),
    refetchInterval: () => (isOver() ? false : REFRESH_MS),
  });
  if (error !== null)
    return <p className={classes.none}>{t('alerts.no-moment', { reason: messageOf(error) })}</p>;
  if (data === undefined) return <p className={classes.none}>{t('page.loading')}</p>;
  const shape = data.vsCurrency === vsCurrency ? momentShape(data.candles, alert) : null;
  if (shape === null) {
    const isOther = data.vsCurrency !== vsCurrency;
    return (
      <p className={classes.none}>
        {isOther
          ? t('alerts.moment-currency', {
              now: data.vsCurrency.toUpperCase(),
              before: vsCurrency.toUpperCase(),
            })
          : t('alerts.moment-unstored')}
      </p>
    );
  }
  return (
    <div
      className={classes.moment}
      role="img"
      aria-label={t('alerts.moment', {
        from: formatTimeOfDay(from),
        to: formatTimeOfDay(to),
        low: formatPrice(shape.low, vsCurrency),
        high: formatPrice(shape.high, vsCurrency),
        price: formatPrice(price, vsCurrency),
      })}
      data-testid="alert-moment"
    >
      <svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
        <line className={classes.at} x1={shape.at.x} x2={shape.at.x} y1={0} y2={1} />
        <line className={classes.at} x1={0} x2={1} y1={shape.at.y} y2={shape.at.y} />
        {shape.candles.map((candle) => (
          <g key={candle.start} data-rising={candle.isRising || undefined}>
            <line
              x1={candle.x + candle.width / 2}
              x2={candle.x + candle.width / 2}
              y1={candle.high}
              y2={candle.low}
            />
            <rect x={candle.x} y={candle.top} width={candle.width} height={candle.bottom - candle.top} />
            <line x1={candle.x} x2={candle.x + candle.width} y1={candle.bottom} y2={candle.bottom} />
          </g>
        ))}
      </svg>
      <figcaption aria-hidden="true">
        <span>{formatTimeOfDay(from)}</span>
        <span>{formatTimeOfDay(observedAt)}</span>
        <span>{formatTimeOfDay(to)}</span>
      </figcaption>
      <span className={classes.high}>{formatPrice(shape.high, vsCurrency)}</span>
      <span className={classes.low}>{formatPrice(shape.low, vsCurrency)}</span>
    </div>
  );
}
