import { memo } from 'react';
import type { Quote } from '../../shared/domain/quote.ts';
import { sparklinePath } from './sparkline-path.ts';

type SparklineProps = {
  readonly points: Quote['recent'];
  readonly width: number;
  readonly height: number;
  readonly className?: string | undefined;
};

/** The recent prices as a line. Hidden from screen readers, because the figures next to it say the same. */
export const Sparkline = memo(function Sparkline({ points, width, height, className }: SparklineProps) {
  return (
    <svg
      className={className}
      viewBox={`-1 -1 ${width + 2} ${height + 2}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path
        d={sparklinePath(points, width, height)}
        fill="none"
        stroke="currentColor"
        strokeWidth={1.5}
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
});
