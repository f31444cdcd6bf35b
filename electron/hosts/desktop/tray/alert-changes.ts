import { ApiError } from '../../../../shared/contract/api-error.ts';
import {
  type ProcedureInput,
  type ProcedureName,
  type ProcedureOutput,
  procedures,
} from '../../../../shared/contract/procedures.ts';
import { type PauseChoice, pauseOf } from '../../../../shared/settings/pause.ts';
import type { Monitor } from '../../../monitor/monitor.ts';
import type { Clock } from '../../../monitor/time/clock.ts';

const HOUR_MS = 3_600_000;

/** Changes to alerts from the tray and notifications. The result arrives as an event. */
export type AlertChanges = {
  /** @throws ApiError when the settings cannot be written; the other functions do too */
  pause(choice: PauseChoice): Promise<void>;
  resume(): Promise<void>;
  /** For an hour, on the channels that people read directly. */
  mute(coinIds: readonly string[]): Promise<void>;
  unmute(coinId: string): Promise<void>;
  /** Marks all alerts as read. */
  markRead(): Promise<void>;
};

export function createAlertChanges(
  monitor: Pick<Monitor, 'dispatch'>,
  clock: Pick<Clock, 'now'>,
): AlertChanges {
  return {
    async pause(choice) {
      await callMonitor(monitor, 'alerts.pause', pauseOf(choice, clock.now()));
    },
    async resume() {
      await callMonitor(monitor, 'alerts.resume', {});
    },
    async mute(coinIds) {
      const until = new Date(clock.now() + HOUR_MS).toISOString();
      for (const coin of coinIds) await callMonitor(monitor, 'alerts.mute', { coin, until });
    },
    async unmute(coin) {
      await callMonitor(monitor, 'alerts.unmute', { coin });
    },
    async markRead() {
      await callMonitor(monitor, 'alerts.mark-read', { alertIds: null });
    },
  };
}

/**
 * Calls a procedure of the monitor from the host itself, as a page does.
 *
 * @throws ApiError when the call fails
 */
async function callMonitor<P extends ProcedureName>(
  { dispatch }: Pick<Monitor, 'dispatch'>,
  procedure: P,
  input: ProcedureInput<P>,
): Promise<ProcedureOutput<P>> {
  const response = await dispatch({ id: 0, procedure, input });
  if (!response.ok) throw new ApiError(response.error.code, response.error.message);
  return procedures[procedure].output.parse(response.output) as ProcedureOutput<P>;
}
