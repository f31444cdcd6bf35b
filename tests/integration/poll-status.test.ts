import { expect, it } from 'vitest';
import { startDemoServer } from '../../demo/server.ts';
import { openMonitor } from '../../electron/monitor/compose.ts';
import { silentLog } from '../../electron/monitor/logging/logger.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import { until, withFolder } from '../program.ts';

it('shows a poll on pages with its outcome, and sends them nothing while it runs', async () => {
  await withFolder(async (folder) => {
    /** The number of calls that pages show, and the counted number, at the beginning of each response. */
    const atResponses: { readonly shown: number; readonly counted: number }[] = [];
    let shown = 0;
    const server = await startDemoServer({
      clock: systemClock,
      seed: 'poll-status',
      onServing: () =>
        atResponses.push({ shown, counted: monitor.snapshot().status.budget?.usedThisMonth ?? 0 }),
    });
    const monitor = await openMonitor(
      {
        dataDir: folder,
        flags: {},
        env: { COINGECKO_BASE_URL: server.url, MONITOR_EXCHANGES: 'none' },
        clock: systemClock,
        log: silentLog,
      },
      ['sources'],
    );
    monitor.subscribe((message) => {
      if (message.event === 'status') shown = message.payload.budget?.usedThisMonth ?? 0;
    });
    try {
      monitor.start();
      await until(() => monitor.snapshot().status.feed.status === 'live');
      // The parts report their first states while the first poll runs.
      atResponses.length = 0;
      monitor.pollNow();
      await until(() => shown === 2);
      server.setFault({ endpoint: '/simple/price', fault: { kind: 'status', status: 500 } });
      monitor.pollNow();
      await until(() => shown === 3);
      expect(monitor.snapshot().status.feed.status).toBe('offline');
      expect(atResponses).toEqual([
        { shown: 1, counted: 2 },
        { shown: 2, counted: 3 },
      ]);
    } finally {
      await monitor.stop(0);
      await server.close();
    }
  });
});
