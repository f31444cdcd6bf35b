import { message } from '../../../shared/messages/message.ts';
import { MessageError } from '../../../shared/messages/message-error.ts';
import { createTurns } from '../async/in-turn.ts';

/** A run was cancelled, because its editor has asked for another one or the program stops. */
export class Superseded extends MessageError {
  constructor() {
    super(message('backtest.superseded'));
    this.name = 'Superseded';
  }
}

/** What editors ask for while a person types: only the answer to what was asked last matters. */
export type EditorRuns = {
  /**
   * Runs work after that of other editors; each run takes a core while it lasts, and prices go on meanwhile. An earlier run of the
   * same editor is cancelled.
   *
   * @throws Superseded when the same editor asks again; what the work throws
   */
  run<T>(editor: string, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Cancels all. */
  stop(): void;
};

export function createEditorRuns(): EditorRuns {
  const inTurn = createTurns();
  const running = new Map<string, AbortController>();
  return {
    async run(editor, work) {
      running.get(editor)?.abort(new Superseded());
      const control = new AbortController();
      running.set(editor, control);
      try {
        return await inTurn(async () => {
          control.signal.throwIfAborted();
          return work(control.signal);
        });
      } finally {
        if (running.get(editor) === control) running.delete(editor);
      }
    },
    stop() {
      for (const control of running.values()) control.abort(new Superseded());
    },
  };
}
