import { once } from 'node:events';
import { freePort } from '../../electron/monitor/store/postgres/free-port.ts';
import { createRoleProcesses } from '../../tests/integration/role-processes.ts';
import { until } from '../../tests/program.ts';
import { type Exposition, parseExposition } from '../../tests/prometheus-text.ts';

/** A process of a role, measured by its own metrics. */
export type RunningRole = {
  scrape(): Promise<Exposition>;
  /** The CPU time of the process since its start, in milliseconds. */
  cpuMs(): Promise<number>;
  end(): Promise<void>;
};

/**
 * Starts a process of the built program, and waits until it is ready.
 *
 * @param name the role, followed by something that distinguishes its processes: `alert-1`
 */
export async function startRole(
  folder: string,
  name: string,
  env: Readonly<Record<string, string>>,
): Promise<RunningRole> {
  const port = await freePort();
  const processes = createRoleProcesses(folder, (role) => ({
    MONITOR_DATA_DIR: role.folder,
    MONITOR_LOG_LEVEL: 'warn',
    ...env,
    METRICS_PORT: String(port),
  }));
  const role = processes.start(name);
  const endWithRunner = (): void => void role.child.kill('SIGKILL');
  process.once('exit', endWithRunner);
  const base = `http://127.0.0.1:${port}`;
  await until(async () => {
    if (role.child.exitCode !== null) throw new Error(`${name} ended: ${role.output}`);
    return (await fetch(`${base}/readyz`).catch(() => null))?.ok;
  });
  const scrape = async (): Promise<Exposition> =>
    parseExposition(await (await fetch(`${base}/metrics`)).text());
  return {
    scrape,
    async cpuMs() {
      return ((await scrape()).sum('process_cpu_seconds_total') ?? Number.NaN) * 1_000;
    },
    async end() {
      const ended = once(role.child, 'exit');
      // The measurement is over, and leaving the consumer group would take time.
      role.child.kill('SIGKILL');
      await ended;
      process.off('exit', endWithRunner);
    },
  };
}
