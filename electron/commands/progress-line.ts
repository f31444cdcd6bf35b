import { type Message, text } from '../../shared/messages/message.ts';

const PROGRESS_EVERY_MS = 5_000;

/** Creates a function that prints progress on standard error, at most once in five seconds. */
export function progressLine(): (state: Message) => void {
  let printedAt = performance.now();
  return (state) => {
    if (performance.now() - printedAt < PROGRESS_EVERY_MS) return;
    printedAt = performance.now();
    process.stderr.write(`${text(state)}\n`);
  };
}
