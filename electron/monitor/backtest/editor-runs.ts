import { message } from '../../../shared/messages/message.ts';
import { MessageError } from '../../../shared/messages/message-error.ts';
import { createTurns } from '../async/in-turn.ts';

/** A run was cancelled, because its editor has requested another one or the program stops. */
export class Superseded extends MessageError {
  constructor() {
    super(message('backtest.superseded'));
    this.name = 'Superseded';
  }
}

/** Runs that editors request while the user types: only the result of the latest request is needed. */
export type EditorRuns = {
  /**
   * Queues work behind that of other editors, because each run takes a core; prices continue meanwhile. An earlier run of the
   * same editor is cancelled.
   *
   * @throws Superseded when the same editor requests another run; errors of the work
   */
  run<T>(editor: string, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Cancels all runs. */
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
