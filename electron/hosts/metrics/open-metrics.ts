import type { Metrics, MetricsOptions } from './metrics.ts';
import { startMetricsServer } from './metrics-server.ts';
import { readMetricsSettings } from './metrics-settings.ts';

/** The metrics of a process and how they are served. */
export type ServedMetrics = Pick<Metrics, 'meter' | 'observe' | 'enter'> & { close(): Promise<void> };

/**
 * Serves metrics and probes before anything else is opened, so that a process that waits for Kafka can be seen to be alive. Null
 * without `METRICS_PORT`: then nothing is measured.
 *
 * @throws SettingsError when a variable is invalid, or nothing can listen there
 */
export async function openMetrics(
  env: Readonly<Record<string, string | undefined>>,
  about: MetricsOptions,
): Promise<ServedMetrics | null> {
  const settings = readMetricsSettings(env);
  if (settings === null) return null;
  // The metrics library takes time and memory to load.
  const { createMetrics } = await import('./metrics.ts');
  const metrics = createMetrics(about);
  try {
    const server = await startMetricsServer(metrics, settings);
    return {
      meter: metrics.meter,
      observe: metrics.observe,
      enter: metrics.enter,
      async close() {
        metrics.stop();
        await server.close();
      },
    };
  } catch (cause) {
    metrics.stop();
    throw cause;
  }
}
