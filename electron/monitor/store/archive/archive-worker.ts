import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../../../shared/messages/message-error.ts';
import { silentLog } from '../../logging/logger.ts';
import { systemClock } from '../../time/clock.ts';
import { correctedClock } from '../../time/clock-offset.ts';
import { externalProvider } from '../connection/provider.ts';
import { withProvider } from '../work/with-provider.ts';
import type { WorkerInput, WorkerReport } from './retention-worker.ts';
import { runRetention } from './run-retention.ts';
import { createOpenedTargets } from './targets/open-targets.ts';

/** The worker's side of `runRetentionInWorker`. Ends when all due months are processed, or at the first message. */
const { databaseUrl, retention, now, env } = workerData as WorkerInput;
const offsetMs = now - systemClock.now();
const stopping = new AbortController();
parentPort?.once('message', () => stopping.abort(new Error('The program is stopping.')));

const report = (content: WorkerReport): void => parentPort?.postMessage(content);
const targets = createOpenedTargets(env);
try {
  await withProvider(
    silentLog,
    () => externalProvider(databaseUrl),
    (run) =>
      runRetention({
        run,
        targets,
        retention,
        clock: correctedClock(systemClock, { offsetMs: () => offsetMs }),
        signal: stopping.signal,
        onProgress: (message) => report({ kind: 'progress', message }),
        onDone: (message) => report({ kind: 'month', message }),
      }),
    stopping.signal,
  );
  report({ kind: 'end', failure: null });
} catch (error) {
  report({ kind: 'end', failure: messageOf(error) });
} finally {
  await targets.close();
  // A port with a listener would keep the worker running.
  parentPort?.close();
}
