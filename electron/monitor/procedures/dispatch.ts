import { ApiError } from '../../../shared/contract/api-error.ts';
import {
  type ParsedInput,
  type ProcedureName,
  type ProcedureOutput,
  procedures,
} from '../../../shared/contract/procedures.ts';
import { NO_ID, type Request, type Response, requestSchema } from '../../../shared/contract/wire.ts';
import { faultOfIssue } from '../../../shared/messages/fault-of-issue.ts';
import { message } from '../../../shared/messages/message.ts';
import type { Logger } from '../logging/logger.ts';

/** One implementation for each procedure of the contract. A missing one does not compile. */
export type Implementations = {
  readonly [P in ProcedureName]: (input: ParsedInput<P>) => ProcedureOutput<P> | Promise<ProcedureOutput<P>>;
};

/** Dispatches one message of a page to its procedure. */
export type Dispatch = (message: unknown) => Promise<Response>;

/**
 * Creates the function that every host passes its page's messages to. It validates the message, calls the
 * implementation, and turns errors into responses that the page can show. It never rejects.
 */
export function createDispatch(implementations: Implementations, log: Logger): Dispatch {
  return async (sent) => {
    const request = requestSchema.safeParse(sent);
    if (!request.success) return failure(NO_ID, new ApiError('bad-request', message('call.no-request')));
    try {
      return { id: request.data.id, ok: true, output: await call(implementations, request.data) };
    } catch (cause) {
      if (!(cause instanceof ApiError))
        log.error({ err: cause, procedure: request.data.procedure }, 'a call failed');
      return failure(request.data.id, cause);
    }
  };
}

async function call(implementations: Implementations, { procedure, input }: Request): Promise<unknown> {
  if (!isProcedureName(procedure))
    throw new ApiError('bad-request', message('call.no-procedure', { procedure }));
  return callTyped(implementations, procedure, input);
}

async function callTyped<P extends ProcedureName>(
  implementations: Implementations,
  procedure: P,
  input: unknown,
): Promise<ProcedureOutput<P>> {
  const parsed = procedures[procedure].input.safeParse(input);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) =>
      message('call.wrong-field', { path: issue.path.join('.'), fault: faultOfIssue(issue) }),
    );
    throw new ApiError('bad-request', message('call.wrong-input', { faults }));
  }
  // The type of the parameter is inferred from the schema above.
  return implementations[procedure](parsed.data as ParsedInput<P>);
}

function isProcedureName(name: string): name is ProcedureName {
  return Object.hasOwn(procedures, name);
}

function failure(id: number, cause: unknown): Response {
  const error =
    cause instanceof ApiError
      ? {
          code: cause.code,
          message: cause.content,
          ...(cause.issues.length > 0 && { issues: cause.issues }),
        }
      : { code: 'failed' as const, message: message('call.failed-inside') };
  return { id, ok: false, error };
}
