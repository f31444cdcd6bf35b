import type { RuleSolution } from '../../shared/domain/rule-solution.ts';
import { t } from '../../shared/messages/message.ts';
import { rateScale } from './model/rate-scale.ts';
import classes from './rule-rate.module.css';

type RateCurveProps = {
  readonly solution: RuleSolution;
  /** The wanted number of alerts a week. */
  readonly wanted: number;
  readonly label: string;
};

const percent = (share: number): string => `${(share * 100).toFixed(2)}%`;

/** Alerts a week by the value of a parameter, with the wanted rate and the one that was found. */
export function RateCurve({ solution, wanted, label }: RateCurveProps) {
  const { curve, best } = solution;
  const scale = rateScale(solution);
  const path = curve
    .map(
      ({ value, perWeek }, index) =>
        `${index === 0 ? 'M' : 'L'}${scale.x(value).toFixed(4)} ${scale.y(perWeek).toFixed(4)}`,
    )
    .join('');
  return (
    <figure className={classes.curve} data-testid="rate-curve">
      <div role="img" aria-label={t('rate.curve', { label, min: String(scale.min), max: String(scale.max) })}>
        <svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
          <line x1={0} x2={1} y1={scale.y(wanted)} y2={scale.y(wanted)} />
          <path d={path} />
        </svg>
        <i style={{ left: percent(scale.x(best.value)), top: percent(scale.y(best.perWeek)) }} />
      </div>
      <figcaption aria-hidden="true">
        <span>{scale.min}</span>
        <span>{t('rate.axes', { label })}</span>
        <span>{scale.max}</span>
      </figcaption>
    </figure>
  );
}
