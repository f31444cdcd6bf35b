import type { Scene } from '../model/scene.ts';
import classes from './marks.module.css';

type AxisTagProps = {
  readonly scene: Scene;
  readonly y: number;
  readonly lines: readonly string[];
  readonly tone: 'up' | 'down' | 'neutral' | 'stale';
};

export const TAG_LINE = 15;

/** A value on the price axis, on a ground of its own that covers the axis' own labels. */
export function AxisTag({ scene, y, lines, tone }: AxisTagProps) {
  const left = scene.plot.right + 1;
  const width = scene.inputs.layout.width - left - 2;
  const height = lines.length * TAG_LINE + 3;
  return (
    <g className={classes.axisLabel} data-tone={tone}>
      <rect x={left} y={y - 9} width={width} height={height} rx={2} />
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place; its text changes with each price.
        <text key={index} x={left + 7} y={y + index * TAG_LINE} dy="0.35em">
          {line}
        </text>
      ))}
    </g>
  );
}
