import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ChartCore } from './model/chart-core.ts';
import type { SeriesKey } from './model/series-key.ts';
import { shownCandles } from './model/shown-candles.ts';
import { tonesOf } from './model/tones.ts';
import { playTones } from './play-tones.ts';
import type { ToneControl } from './toolbar/view-menu.tsx';

/** Plays the chart as tones, for people who cannot see it. They stop when the series changes or the chart is removed. */
export function useTones(core: ChartCore, series: SeriesKey): ToneControl {
  const [isPlaying, setPlaying] = useState(false);
  const stop = useRef<(() => void) | null>(null);
  const toggle = useCallback(() => {
    if (stop.current !== null) return stop.current();
    const scene = core.scene();
    const tones = scene === null ? null : tonesOf(shownCandles(scene).map(({ close }) => close));
    if (tones === null) return;
    setPlaying(true);
    stop.current = playTones(tones, () => {
      stop.current = null;
      setPlaying(false);
    });
  }, [core]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the tones are those of this series
  useEffect(() => () => stop.current?.(), [series]);
  return useMemo(() => ({ isPlaying, toggle }), [isPlaying, toggle]);
}
