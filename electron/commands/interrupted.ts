import { constants } from 'node:os';
import { message } from '../../shared/messages/message.ts';
import { MessageError } from '../../shared/messages/message-error.ts';
import type { StopSignal } from './stop-signals.ts';

/** The error of a command that a stop signal interrupted. */
export class Interrupted extends MessageError {
  /** 128 plus the number of the signal, as shells report a program that a signal has ended. */
  readonly exitCode: number;

  constructor(signal: StopSignal) {
    super(message('command.interrupted', { signal }));
    this.name = 'Interrupted';
    this.exitCode = 128 + constants.signals[signal];
  }
}

/** The exit code of a command that failed because it was interrupted, which may be the cause of its error; otherwise null. */
export function interruptedExitCode(error: unknown): number | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof Interrupted) return cause.exitCode;
  return null;
}
