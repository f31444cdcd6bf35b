import type { Candle } from '../../../../shared/domain/candle.ts';
import { t, text } from '../../../../shared/messages/message.ts';
import type { StudySeries } from '../study-series.ts';
import { paramOf, type Study, type StudyParams } from './study.ts';

/** A study that the user has added to a chart. */
export type ChosenStudy = { readonly id: string; readonly params: StudyParams };

export type StudyRun = {
  /** The study over these candles. Values of candles that were in the last call are not computed again. */
  over(candles: readonly Candle[]): StudySeries;
};

/** Computes a study incrementally, once for each candle. */
export function studyRun(study: Study, params: StudyParams, intervalMs: number, color: number): StudyRun {
  const lineCount = study.lines.length;
  const out: number[] = new Array(lineCount).fill(Number.NaN);
  const chosen = study.params.map((param) => paramOf(params, param));
  const { name } = study;
  const title = chosen.length === 0 ? text(name) : t('study.with-params', { name, values: chosen });
  let calculation = study.start(params, intervalMs);
  let computed: readonly Candle[] = [];
  let buffers: Float64Array[] = [];
  let series: StudySeries | null = null;

  const restart = (candles: readonly Candle[]): void => {
    calculation = study.start(params, intervalMs);
    buffers = study.lines.map(() => new Float64Array(candles.length + SPARE));
    computed = [];
  };

  return {
    over(candles) {
      if (series !== null && candles === computed) return series;
      const goesOn =
        computed.length > 0 &&
        candles.length >= computed.length &&
        candles.length <= (buffers[0]?.length ?? 0) &&
        // A late price may have changed a candle anywhere.
        computed.every((candle, index) => candle === candles[index]);
      if (!goesOn) restart(candles);
      for (let index = computed.length; index < candles.length; index++) {
        const candle = candles[index];
        if (candle === undefined) break;
        calculation.push(candle, out);
        for (let line = 0; line < lineCount; line++) {
          const buffer = buffers[line];
          if (buffer !== undefined) buffer[index] = out[line] ?? Number.NaN;
        }
      }
      computed = candles;
      const current = calculation;
      series = {
        id: [study.id, ...chosen].join(':'),
        title,
        pane: study.pane,
        color,
        lines: study.lines,
        values: buffers.map((buffer) => buffer.subarray(0, candles.length)),
        preview(live) {
          current.preview(live, out);
          return out;
        },
        fixedDomain: study.fixedDomain,
        levels: study.levels,
      };
      return series;
    },
  };
}

/** Spare capacity for new candles, so that not each of them copies all values. */
const SPARE = 512;
