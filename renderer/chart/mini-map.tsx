import { useElementSize, useMergedRef } from '@mantine/hooks';
import { memo, type PointerEvent, useEffect, useRef } from 'react';
import type { Candle } from '../../shared/domain/candle.ts';
import { onColorsChange } from './layers/on-colors-change.ts';
import { readPalette } from './layers/palette.ts';
import classes from './mini-map.module.css';
import type { ChartCore } from './model/chart-core.ts';
import { extentOf } from './model/price-scale.ts';
import type { SeriesKey } from './model/series-key.ts';
import { timeScale } from './model/time-scale.ts';
import { useClosedCandles } from './use-closed-candles.ts';

type MiniMapProps = {
  readonly core: ChartCore;
  readonly series: SeriesKey;
  readonly now: number;
  readonly onJump: (at: number) => void;
};

const PAD = 3;

/**
 * A small chart of the whole history with the visible range, which a click moves. It consists of days, or of weeks if there are
 * more days than a response contains.
 */
export const MiniMap = memo(function MiniMap({ core, series, now, onJump }: MiniMapProps) {
  const { ref: sizeRef, width, height } = useElementSize();
  const elementRef = useRef<HTMLDivElement>(null);
  const ref = useMergedRef(sizeRef, elementRef);
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const windowRef = useRef<HTMLDivElement>(null);
  const days = useClosedCandles({ ...series, interval: '1d' });
  const whole = useClosedCandles({ ...series, interval: days.hasNextPage ? '1w' : '1d' });
  const candles = (whole.data ?? days.data)?.candles ?? NONE;
  const from = candles[0]?.start ?? now;
  const isShown = candles.length > 1 && width > 0;

  useEffect(() => {
    const canvas = canvasRef.current;
    if (canvas === null || !isShown) return;
    const draw = (): void => drawLine(canvas, candles, { from, to: now }, width, height);
    draw();
    return onColorsChange(draw);
  }, [candles, from, now, width, height, isShown]);

  useEffect(() => {
    const time = timeScale({ from, to: now }, 0, width);
    return core.paint((scene, extent) => {
      const frame = windowRef.current;
      if (frame === null || extent !== 'all') return;
      const left = Math.max(0, time.x(scene.range.from));
      const right = Math.min(width, time.x(scene.range.to));
      frame.style.transform = `translateX(${Math.min(left, width - 4)}px) scaleX(${Math.max(4, right - left)})`;
    });
  }, [core, from, now, width]);

  const jump = (event: PointerEvent<HTMLDivElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    onJump(Math.round(timeScale({ from, to: now }, 0, width).at(event.clientX - box.left)));
  };
  return (
    // With a keyboard, the chart's own keys reach the same positions.
    <div
      ref={ref}
      className={classes.map}
      data-testid="mini-map"
      aria-hidden="true"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        jump(event);
      }}
    >
      {isShown && (
        <>
          <canvas ref={canvasRef} className={classes.line} />
          <div ref={windowRef} className={classes.window} />
        </>
      )}
    </div>
  );
});

const NONE: readonly Candle[] = [];

function drawLine(
  canvas: HTMLCanvasElement,
  candles: readonly Candle[],
  range: { readonly from: number; readonly to: number },
  width: number,
  height: number,
): void {
  const context = canvas.getContext('2d');
  const extent = extentOf(candles);
  if (context === null || extent === null) return;
  const ratio = window.devicePixelRatio;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const time = timeScale(range, 0, width);
  const [low, high] = extent;
  const y = (price: number): number =>
    height - PAD - ((price - low) / Math.max(high - low, high * 1e-9)) * (height - 2 * PAD);
  context.beginPath();
  for (const { start, close } of candles) context.lineTo(time.x(start) * ratio, y(close) * ratio);
  context.strokeStyle = readPalette(canvas).faint;
  context.lineWidth = ratio;
  context.lineJoin = 'bevel';
  context.stroke();
}
