import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { onStopSignal } from './stop-signals.ts';

function listen() {
  const signals = new EventEmitter();
  const calls: string[] = [];
  let at = 0;
  const end = onStopSignal((name) => calls.push(name), {
    signals,
    now: () => at,
    exit: (code) => calls.push(`exit ${code}`),
  });
  return {
    calls,
    end,
    signals,
    receive(name: NodeJS.Signals, receivedAt: number) {
      at = receivedAt;
      signals.emit(name, name);
    },
  };
}

describe('a stop signal', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s stops once, and a later one of any kind exits',
    (name) => {
      const { calls, receive } = listen();
      receive(name, 5);
      expect(calls).toEqual([name]);
      receive('SIGTERM', 1_006);
      expect(calls).toEqual([name, 'exit 1']);
    },
  );

  it('that npm forwards in addition to the terminal counts once', () => {
    const { calls, receive } = listen();
    receive('SIGINT', 0);
    receive('SIGINT', 3);
    expect(calls).toEqual(['SIGINT']);
  });

  it('is no longer handled after listening has stopped', () => {
    const { calls, end, signals, receive } = listen();
    end();
    receive('SIGINT', 0);
    expect(calls).toEqual([]);
    expect(signals.eventNames()).toEqual([]);
  });
});
