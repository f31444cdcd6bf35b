import { type Message, text } from '../../shared/messages/message.ts';

const PROGRESS_EVERY_MS = 5_000;

/** Prints progress on standard error from time to time. */
export function progressLine(): (state: Message) => void {
  let saidAt = performance.now();
  return (state) => {
    if (performance.now() - saidAt < PROGRESS_EVERY_MS) return;
    saidAt = performance.now();
    process.stderr.write(`${text(state)}\n`);
  };
}
