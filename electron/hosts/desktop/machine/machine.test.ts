import { EventEmitter } from 'node:events';
import type { PowerMonitor } from 'electron';
import { describe, expect, it } from 'vitest';
import { silentLog } from '../../../monitor/logging/logger.ts';
import { virtualClock } from '../../../monitor/time/clock.ts';
import { followNetwork } from './follow-network.ts';
import { followPower } from './power.ts';

describe('the power events of the machine', () => {
  it('pause polling on suspend, and resume it on wake-up', () => {
    const machine = new EventEmitter();
    let polling = true;
    followPower({
      powerMonitor: machine as unknown as Pick<PowerMonitor, 'on'>,
      monitor: {
        pausePolling: () => {
          polling = false;
        },
        resumePolling: () => {
          polling = true;
        },
      },
      onShutdown: () => undefined,
      log: silentLog,
    });
    machine.emit('suspend');
    expect(polling).toBe(false);
    machine.emit('resume');
    expect(polling).toBe(true);
  });

  it('delay a shutdown until the program has exited', () => {
    const machine = new EventEmitter();
    let isQuitting = false;
    let isDelayed = false;
    followPower({
      powerMonitor: machine as unknown as Pick<PowerMonitor, 'on'>,
      monitor: { pausePolling: () => undefined, resumePolling: () => undefined },
      onShutdown: () => {
        isQuitting = true;
      },
      log: silentLog,
    });
    machine.emit('shutdown', {
      preventDefault: () => {
        isDelayed = true;
      },
    });
    expect([isDelayed, isQuitting]).toEqual([true, true]);
  });
});

describe('the network', () => {
  it('triggers one poll when it becomes available again', async () => {
    const clock = virtualClock(0);
    let isOnline = true;
    const polledAt: number[] = [];
    const stop = followNetwork({
      net: { isOnline: () => isOnline },
      monitor: { pollNow: () => polledAt.push(clock.now()) },
      clock,
      log: silentLog,
    });
    await clock.advance(60_000);
    isOnline = false;
    await clock.advance(60_000);
    expect(polledAt).toEqual([]);
    isOnline = true;
    await clock.advance(60_000);
    expect(polledAt).toEqual([125_000]);
    stop();
    isOnline = false;
    await clock.advance(10_000);
    isOnline = true;
    await clock.advance(10_000);
    expect(polledAt).toHaveLength(1);
  });
});
