import { useMemo } from 'react';
import type { Candle, VolumeKind } from '../../shared/domain/candle.ts';
import { studyById } from './model/studies/studies.ts';
import { type ChosenStudy, studyRun } from './model/studies/study-run.ts';
import type { StudySeries } from './model/study-series.ts';

/** The chosen studies over these candles; each candle is computed once. */
export function useStudies(
  chosen: readonly ChosenStudy[],
  candles: readonly Candle[],
  intervalMs: number,
  volumeKind: VolumeKind | null,
): readonly StudySeries[] {
  const runs = useMemo(
    () =>
      chosen.flatMap(({ id, params }, index) => {
        const study = studyById(id);
        if (study === undefined || (study.needsTradedVolume && volumeKind !== 'traded')) return [];
        return [studyRun(study, params, intervalMs, index)];
      }),
    [chosen, intervalMs, volumeKind],
  );
  return useMemo(() => runs.map((run) => run.over(candles)), [runs, candles]);
}
