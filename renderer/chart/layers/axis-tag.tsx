import type { Scene } from '../model/scene.ts';
import classes from './marks.module.css';

type AxisTagProps = {
  readonly scene: Scene;
  readonly y: number;
  readonly lines: readonly string[];
};

export const TAG_LINE = 15;
/** The distance from the upper edge of a tag to the middle of its first line. */
export const TAG_RISE = 9;
export const TAG_PADDING = 7;

/**
 * The position on the price axis of a tag with the given number of lines. While the page is laid out, a chart may be narrower than
 * its axis.
 *
 * @param plotRight the left edge of the axis
 * @param width of the chart
 */
export function tagBox(
  plotRight: number,
  width: number,
  lineCount: number,
): { readonly left: number; readonly width: number; readonly height: number } {
  const left = plotRight + 1;
  return { left, width: Math.max(0, width - left - 2), height: lineCount * TAG_LINE + 3 };
}

/** A value on the price axis, with a background that covers the labels of the axis. */
export function AxisTag({ scene, y, lines }: AxisTagProps) {
  const { left, width, height } = tagBox(scene.plot.right, scene.inputs.layout.width, lines.length);
  return (
    <g className={classes.axisLabel} data-tone="neutral">
      <rect x={left} y={y - TAG_RISE} width={width} height={height} rx={2} />
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line is identified by its position; its text changes with the pointer.
        <text key={index} x={left + TAG_PADDING} y={y + index * TAG_LINE} dy="0.35em">
          {line}
        </text>
      ))}
    </g>
  );
}
