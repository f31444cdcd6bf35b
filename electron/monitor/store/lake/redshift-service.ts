import {
  BatchExecuteStatementCommand,
  CancelStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import type { StatementService, StatementState } from './statement-service.ts';

export type RedshiftChoice = {
  /** The region of the bucket; undefined for the SDK's default. */
  readonly region?: string | undefined;
  readonly database: string;
  /** A workgroup of Redshift Serverless, or a cluster. */
  readonly at: { readonly WorkgroupName: string } | { readonly ClusterIdentifier: string };
  /** The user of a cluster, for temporary credentials. */
  readonly dbUser?: string | undefined;
  /** The secret in AWS Secrets Manager with user and password. */
  readonly secretArn?: string | undefined;
};

/** Redshift through its Data API, with credentials that are found as by other AWS programs. */
export function redshiftService(choice: RedshiftChoice): StatementService {
  const { region, database, at, dbUser, secretArn } = choice;
  const client = new RedshiftDataClient(region === undefined ? {} : { region });
  return {
    name: 'Redshift',
    async start(sql) {
      const given = {
        Database: database,
        ...at,
        ...(dbUser === undefined ? {} : { DbUser: dbUser }),
        ...(secretArn === undefined ? {} : { SecretArn: secretArn }),
      };
      // A batch is one transaction: https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_BatchExecuteStatement.html
      const { Id = '' } =
        typeof sql === 'string'
          ? await client.send(new ExecuteStatementCommand({ ...given, Sql: sql }))
          : await client.send(new BatchExecuteStatementCommand({ ...given, Sqls: [...sql] }));
      return Id;
    },
    async stateOf(Id): Promise<StatementState> {
      const { Status, Error: errorText = '' } = await client.send(new DescribeStatementCommand({ Id }));
      switch (Status) {
        case 'FINISHED':
          return { status: 'done' };
        case 'FAILED':
          return { status: 'failed', errorText };
        case 'ABORTED':
          return { status: 'cancelled', errorText };
        default:
          return { status: 'running' };
      }
    },
    async cancel(Id) {
      await client.send(new CancelStatementCommand({ Id }));
    },
    close: () => client.destroy(),
  };
}
