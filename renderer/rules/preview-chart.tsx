import { memo } from 'react';
import type { RulePreview } from '../../shared/domain/rule-view.ts';
import { formatPrice } from '../../shared/format/price.ts';
import { t } from '../../shared/messages/message.ts';
import { dayEnd, type PreviewScale, previewDays, previewScale } from './model/preview-scale.ts';
import classes from './preview-chart.module.css';

type PreviewChartProps = { readonly preview: RulePreview; readonly vsCurrency: string };

const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'short', timeZone: 'UTC' });
/** The share of the chart below which a day is too narrow for its name. */
const NARROW_DAY = 0.06;

const percent = (share: number): string => `${(share * 100).toFixed(2)}%`;

/** The prices of the preview with the alerts, and below them the number of alerts on each day. */
export const PreviewChart = memo(function PreviewChart({ preview, vsCurrency }: PreviewChartProps) {
  const scale = previewScale(preview);
  const days = previewDays(preview);
  const maxAlerts = Math.max(1, ...days.map(({ alerts }) => alerts));
  return (
    <figure className={classes.chart}>
      <div className={classes.prices} aria-hidden="true">
        <svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
          <path d={pathOf(preview, scale)} vectorEffect="non-scaling-stroke" />
        </svg>
        {preview.firings.map(({ observedAt, price, direction }) => (
          <i
            key={observedAt}
            data-testid="firing"
            data-direction={direction ?? 'none'}
            style={{ left: percent(scale.x(observedAt)), top: percent(scale.y(price)) }}
          />
        ))}
        <span className={classes.high}>{formatPrice(scale.high, vsCurrency)}</span>
        <span className={classes.low}>{formatPrice(scale.low, vsCurrency)}</span>
      </div>
      <ol className={classes.days} aria-label={t('preview.days')}>
        {days.map(({ day, alerts }) => (
          <li
            key={day}
            style={{ left: percent(scale.x(day)), right: percent(1 - scale.x(dayEnd(day))) }}
            data-none={alerts === 0 || undefined}
          >
            <span>{alerts}</span>
            <b style={{ height: percent(alerts / maxAlerts) }} />
            {scale.x(dayEnd(day)) - scale.x(day) > NARROW_DAY && <small>{weekday.format(day)}</small>}
          </li>
        ))}
      </ol>
    </figure>
  );
});

function pathOf({ line }: RulePreview, scale: PreviewScale): string {
  return line
    .map(([at, price], index) => {
      return `${index === 0 ? 'M' : 'L'}${scale.x(at).toFixed(4)} ${scale.y(price).toFixed(4)}`;
    })
    .join('');
}
