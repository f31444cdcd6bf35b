import type { EventEmitter } from 'node:events';

/** SIGHUP is sent when the terminal is closed, also under nohup: Node resets signals that it was started to ignore. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export type StopSignal = (typeof STOP_SIGNALS)[number];

/** A terminal and npm both forward Ctrl-C; a second signal within this time is the same one. */
const ECHO_MS = 1_000;

type Receiver = {
  readonly signals: Pick<EventEmitter, 'on' | 'off'>;
  readonly now: () => number;
  readonly exit: (code: number) => void;
};

const THIS_PROCESS: Receiver = { signals: process, now: () => performance.now(), exit: process.exit };

/**
 * Calls `stop` at the first signal that asks the process to stop. A second signal, a second or more later, ends the process
 * immediately.
 *
 * @returns a function that stops listening
 */
export function onStopSignal(
  stop: (name: StopSignal) => void,
  { signals, now, exit }: Receiver = THIS_PROCESS,
): () => void {
  let firstAt: number | null = null;
  const receive = (name: StopSignal): void => {
    if (firstAt === null) {
      firstAt = now();
      stop(name);
    } else if (now() - firstAt > ECHO_MS) exit(1);
  };
  for (const name of STOP_SIGNALS) signals.on(name, receive);
  return () => {
    for (const name of STOP_SIGNALS) signals.off(name, receive);
  };
}
