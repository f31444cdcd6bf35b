import { memo, useCallback, useLayoutEffect, useRef, useState } from 'react';
import type { VolumeKind } from '../../shared/domain/candle.ts';
import type { Observable } from '../observable/observable.ts';
import classes from './chart-panel.module.css';
import type { HoverPoint } from './layers/crosshair.tsx';
import { writeText } from './layers/write-text.ts';
import type { ChartCore } from './model/chart-core.ts';
import { type Figure, figureReader } from './model/readout.ts';

type ChartReadoutProps = {
  readonly core: ChartCore;
  readonly vsCurrency: string;
  readonly volumeKind: VolumeKind | null;
  readonly hover: Observable<HoverPoint | null>;
  /** The start of a candle as a date with its year. */
  readonly dateOf: (start: number) => string;
};

/** The figures of a candle; see `figureReader`. React renders only their names; new values are written without it. */
export const ChartReadout = memo(function ChartReadout(props: ChartReadoutProps) {
  const { core, vsCurrency, volumeKind, hover, dateOf } = props;
  const ref = useRef<HTMLDListElement>(null);
  const [read] = useState(figureReader);
  const current = useCallback(
    () =>
      read({
        scene: core.throttled.get(),
        live: core.live.get(),
        pointerX: hover.get()?.x ?? null,
        vsCurrency,
        volumeKind,
        dateOf,
      }),
    [read, core, hover, vsCurrency, volumeKind, dateOf],
  );
  const [rendered, render] = useState(current);
  useLayoutEffect(() => {
    let written: readonly Figure[] = [];
    const show = (): void => {
      const figures = current();
      if (areSame(figures, rendered)) {
        writeValues(ref.current, figures, written);
        written = figures;
      } else {
        render(figures);
      }
    };
    show();
    const stops = [core.throttled, core.live, hover].map((one) => one.subscribe(show));
    return () => {
      for (const stop of stops) stop();
    };
  }, [core, hover, current, rendered]);

  return (
    <dl ref={ref} className={classes.readout} data-testid="chart-readout">
      {rendered.map(({ id, name, color }) => (
        <div key={id} data-figure={name}>
          <dt style={color === undefined ? undefined : { color: `var(--study-${color % 6})` }}>{name}</dt>
          <dd />
        </div>
      ))}
    </dl>
  );
});

/** Whether figures differ only in their values. */
function areSame(figures: readonly Figure[], rendered: readonly Figure[]): boolean {
  return (
    figures.length === rendered.length &&
    figures.every(({ id, name, color }, index) => {
      const other = rendered[index];
      return other?.id === id && other.name === name && other.color === color;
    })
  );
}

/** Writes values that have changed without React, because each price changes some. */
function writeValues(
  list: HTMLDListElement | null,
  figures: readonly Figure[],
  written: readonly Figure[],
): void {
  for (const [index, figure] of figures.entries()) {
    if (figure === written[index]) continue;
    const { value, tone } = figure;
    const element = list?.children[index]?.lastElementChild;
    if (!(element instanceof HTMLElement)) continue;
    writeText(element, value);
    if (tone !== undefined && element.dataset.tone !== tone) element.dataset.tone = tone;
  }
}
