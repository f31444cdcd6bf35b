import {
  AthenaClient,
  GetQueryExecutionCommand,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import type { StatementService, StatementState } from './statement-service.ts';

export type AthenaChoice = {
  /** The region of the bucket; undefined for the SDK's default. */
  readonly region?: string | undefined;
  /** Undefined for the primary workgroup. */
  readonly workgroup?: string | undefined;
  /** The S3 URL for results; undefined when the workgroup has a location for them. */
  readonly output?: string | undefined;
};

/** Athena, with credentials that are found as by other AWS programs. */
export function athenaService({ region, workgroup, output }: AthenaChoice): StatementService {
  const client = new AthenaClient(region === undefined ? {} : { region });
  return {
    name: 'Athena',
    async start(sql) {
      // Athena has no transactions.
      if (typeof sql !== 'string') throw new TypeError('Athena runs single statements.');
      const QueryString = sql;
      const { QueryExecutionId = '' } = await client.send(
        new StartQueryExecutionCommand({
          QueryString,
          ...(workgroup === undefined ? {} : { WorkGroup: workgroup }),
          ...(output === undefined ? {} : { ResultConfiguration: { OutputLocation: output } }),
        }),
      );
      return QueryExecutionId;
    },
    async stateOf(QueryExecutionId): Promise<StatementState> {
      const { QueryExecution } = await client.send(new GetQueryExecutionCommand({ QueryExecutionId }));
      const { State, StateChangeReason, AthenaError } = QueryExecution?.Status ?? {};
      const errorText = StateChangeReason ?? AthenaError?.ErrorMessage ?? '';
      switch (State) {
        case 'SUCCEEDED':
          return { status: 'done' };
        case 'FAILED':
          return { status: 'failed', errorText };
        case 'CANCELLED':
          return { status: 'cancelled', errorText };
        default:
          return { status: 'running' };
      }
    },
    async cancel(QueryExecutionId) {
      await client.send(new StopQueryExecutionCommand({ QueryExecutionId }));
    },
    close: () => client.destroy(),
  };
}
