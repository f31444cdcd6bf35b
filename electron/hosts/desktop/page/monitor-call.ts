import { ApiError } from '../../../../shared/contract/api-error.ts';
import {
  type ProcedureInput,
  type ProcedureName,
  type ProcedureOutput,
  procedures,
} from '../../../../shared/contract/procedures.ts';
import type { Monitor } from '../../../monitor/monitor.ts';

/**
 * Calls a procedure of the monitor from the host itself, as a page does.
 *
 * @throws ApiError when the call fails
 */
export async function callMonitor<P extends ProcedureName>(
  { dispatch }: Pick<Monitor, 'dispatch'>,
  procedure: P,
  input: ProcedureInput<P>,
): Promise<ProcedureOutput<P>> {
  const response = await dispatch({ id: 0, procedure, input });
  if (!response.ok) throw new ApiError(response.error.code, response.error.message);
  return procedures[procedure].output.parse(response.output) as ProcedureOutput<P>;
}
