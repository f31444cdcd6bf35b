import { setTimeout as delay } from 'node:timers/promises';
import { message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';
import { serviceError } from './service-error.ts';
import type { LakeStatement, StatementService, StatementState } from './statement-service.ts';

export type StatementRun = {
  readonly service: StatementService;
  readonly statements: readonly LakeStatement[];
  /** The timeout of one statement, in milliseconds. */
  readonly timeoutMs: number;
  /** Aborting it cancels the running statement. */
  readonly signal: AbortSignal;
  /** Called after each statement, with its index. */
  readonly onDone: (index: number, id: string) => void;
};

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;

/**
 * Runs statements one after another. A statement that exceeds its timeout or is aborted is cancelled at the service; later ones
 * are not started.
 *
 * @throws MessageError when a statement fails, is cancelled, takes too long, or the service refuses it or cannot be reached; the
 * signal's reason when it aborts
 */
export async function runStatements(run: StatementRun): Promise<void> {
  for (const [index, sql] of run.statements.entries()) {
    run.signal.throwIfAborted();
    const of = { index: index + 1, count: run.statements.length, first: firstLineOf(sql) };
    const id = await run.service.start(sql).catch((cause: unknown) => {
      throw serviceError(run.service.name, cause);
    });
    await untilDone(run, id, of);
    run.onDone(index, id);
  }
}

type Which = { readonly index: number; readonly count: number; readonly first: string };

async function untilDone({ service, signal, timeoutMs }: StatementRun, id: string, of: Which): Promise<void> {
  const { name } = service;
  const timeout = AbortSignal.timeout(timeoutMs);
  const ended = AbortSignal.any([signal, timeout]);
  let state: StatementState = { status: 'running' };
  for (let delayMs = FIRST_DELAY_MS; state.status === 'running'; delayMs *= 1.5) {
    try {
      await delay(Math.min(delayMs, LONGEST_DELAY_MS), undefined, { signal: ended });
    } catch {
      await cancel(service, id);
      signal.throwIfAborted();
      throw new MessageError(message('lake.timeout', { name, id, ...of, seconds: timeoutMs / 1_000 }));
    }
    state = await service.stateOf(id).catch((cause: unknown) => {
      throw new MessageError(message('lake.lost', { name, id, reason: serviceError(name, cause).content }));
    });
  }
  if (state.status !== 'failed' && state.status !== 'cancelled') return;
  const code = state.status === 'failed' ? 'lake.failed' : 'lake.cancelled';
  throw new MessageError(message(code, { name, id, ...of, said: state.errorText }));
}

/** @throws MessageError with the statement's id when it may still be running */
async function cancel(service: StatementService, id: string): Promise<void> {
  const { name } = service;
  await service.cancel(id).catch((cause: unknown) => {
    throw new MessageError(
      message('lake.not-cancelled', { name, id, reason: serviceError(name, cause).content }),
    );
  });
}

/** By which people recognize a statement. */
export function firstLineOf(statement: LakeStatement): string {
  const first = typeof statement === 'string' ? statement : (statement[0] ?? '');
  return first.split('\n', 1)[0] ?? '';
}
