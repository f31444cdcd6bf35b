import type { Rule } from '../../../shared/domain/rule.ts';
import type { RuleSolution } from '../../../shared/domain/rule-solution.ts';
import { type Message, message } from '../../../shared/messages/message.ts';
import { MessageError } from '../../../shared/messages/message-error.ts';
import { ruleFault, ruleMemoryMs } from '../alerts/bound-rule.ts';
import { paramRange, rangedParams } from '../alerts/param-range.ts';
import { createEditorRuns } from './editor-runs.ts';
import {
  NoPrices,
  type PastPrices,
  type PastRange,
  type ReadPastCandles,
  readPastPrices,
} from './past-prices.ts';
import type { TrialOptions } from './rule-previews.ts';
import { runInWorker } from './run-in-worker.ts';
import type { Solution } from './solve.ts';

const DAY_MS = 24 * 60 * 60_000;
/** Fewer alerts than this make a rate unreliable. */
const FEW_ALERTS = 4;
/** A rate that differs from the wanted one by more than this share is reported as not met. */
const NEAR_SHARE = 0.5;

/** No value can be found for the parameter, or the rule is invalid; the message gives the reason. */
export class NotSolvable extends MessageError {}

/** The wanted rate of a rule, and the parameter to solve for. */
export type WantedRate = {
  readonly rule: Rule;
  /** Rules that it may refer to. */
  readonly others?: readonly Rule[];
  readonly coinIds: readonly string[];
  readonly param: string;
  /** Alerts a week, for all coins together. */
  readonly perWeek: number;
};

/**
 * Finds the value of a parameter at which a rule would have raised about this many alerts a week. Coins without prices in the
 * range are skipped and named in the notes.
 *
 * @throws NotSolvable; NoPrices when nothing is stored for any of the coins; the signal's reason when it aborts
 */
export async function solveRule(
  read: ReadPastCandles,
  { rule, others, coinIds, param, perWeek }: WantedRate,
  span: Pick<PastRange, 'vsCurrency' | 'from' | 'to'>,
  signal?: AbortSignal,
): Promise<RuleSolution> {
  const range = paramRange(rule.kind, param);
  if (range === null) {
    const known = rangedParams(rule.kind);
    throw new NotSolvable(message('solve.not-a-number', { param, kind: rule.kind, known }));
  }
  const withValue = (value: number): Rule => ({ ...rule, params: { ...rule.params, [param]: value } });
  const ends = [withValue(range.min), withValue(range.max)];
  const fault = ends.map(ruleFault).find((each) => each !== null);
  if (fault !== undefined) throw new NotSolvable(message('rule.fault', { id: rule.id, fault }));
  const memoryMs = Math.max(...ends.map((end) => ruleMemoryMs(end, others)));
  const known: PastPrices[] = [];
  const unknown: NoPrices[] = [];
  for (const coinId of coinIds) {
    signal?.throwIfAborted();
    try {
      known.push(await readPastPrices(read, { ...span, coinId }, memoryMs));
    } catch (cause) {
      if (!(cause instanceof NoPrices)) throw cause;
      unknown.push(cause);
    }
  }
  if (known.length === 0) throw unknown[0];
  const job = {
    rule,
    ...(others && { others }),
    series: known.map(({ series }) => series),
    param,
    range,
    perWeek,
  };
  const solution = await runInWorker('solve', job, signal);
  return {
    param,
    ...solution,
    notes: [
      ...notesOf(solution, perWeek),
      ...unknown.map(({ content }) => content),
      ...known.flatMap(({ notes }) => notes),
    ],
  };
}

function notesOf({ best, curve }: Solution, wanted: number): readonly Message[] {
  if (curve.every(({ alerts }) => alerts === 0)) return [message('solve.no-alerts')];
  return [
    ...(best.alerts > 0 && Math.abs(best.perWeek - wanted) > NEAR_SHARE * wanted
      ? [message('solve.out-of-reach', { perWeek: wanted, nearest: best.perWeek })]
      : []),
    ...(best.alerts < FEW_ALERTS ? [message('solve.few-alerts', { alerts: best.alerts })] : []),
  ];
}

export type SolveRequest = WantedRate & {
  /** The length of the past that is used. */
  readonly days: number;
};

export type RuleSolver = {
  /** @throws Superseded when the same editor requests another run; errors of `solveRule` */
  solve(editor: string, request: SolveRequest): Promise<RuleSolution>;
  /** Cancels all runs. */
  stop(): void;
};

/** Solves rules for editors on the prices of the last days. */
export function createRuleSolver({
  read,
  vsCurrency,
  rules,
  now,
}: Omit<TrialOptions, 'readTicks'>): RuleSolver {
  const runs = createEditorRuns();
  return {
    solve: (editor, { days, ...wanted }) =>
      runs.run(editor, (signal) => {
        const to = now();
        return solveRule(
          read,
          { ...wanted, others: rules() },
          { vsCurrency: vsCurrency(), from: to - days * DAY_MS, to },
          signal,
        );
      }),
    stop: runs.stop,
  };
}
