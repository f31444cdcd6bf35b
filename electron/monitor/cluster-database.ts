import type { OpenParts } from './async/open-parts.ts';
import { type ClusterBasis, problemReporter } from './cluster-basis.ts';
import { openStore, type StoredLog, type StoreState } from './store/open-store.ts';

/** A log without records, for a process that only reads the database or writes history to it. */
export const NO_RECORDS: StoredLog = {
  cursor: () => ({
    read: async () => [],
    commit: async () => undefined,
    rewind: () => undefined,
    lag: () => ({ records: 0, ticks: 0 }),
  }),
  follow: () => undefined,
  trim: () => undefined, // Kafka's retention does that
  reportReadFailure: () => undefined,
  keepDeadLetter: async () => undefined,
  alerts: { newest: () => [], within: () => [] },
};

export type DatabaseUse = {
  /** Whether the process only reads. */
  readonly isReader?: boolean;
  /** Receives the state, in addition to the log and the status of the process. */
  readonly report?: (state: StoreState) => void;
};

/** The database of a process, and the consumer `store` of the given log. */
export function openDatabaseOf(
  basis: ClusterBasis,
  parts: OpenParts,
  tickLog: StoredLog,
  { isReader = false, report }: DatabaseUse = {},
) {
  const { options, dataDir, settings, clock, log, random } = basis;
  const reportProblems = problemReporter(basis);
  return parts.add(
    openStore({
      tickLog,
      retention: settings.current,
      env: options.env,
      dataDir,
      databaseUrl: settings.databaseUrl(),
      clock,
      log,
      random,
      isReader,
      report(state) {
        reportProblems(...state.problems);
        report?.(state);
      },
    }),
    (opened, timeoutMs) => opened.stop(timeoutMs),
  );
}
