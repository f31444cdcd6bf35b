import { asSentence } from '../../format/as-sentence.ts';
import type { Nested } from './nested.ts';

/** A statement and its position among those that a service runs. */
type Statement = { name: string; id: string; index: number; count: number; first: string };

const ofStatement = ({ index, count, first, id }: Statement): string =>
  `statement ${index} of ${count} (${first}; id ${id})`;

const withReason = (said: string): string => (said === '' ? '.' : `: ${asSentence(said)}`);

/** SQL for other programs that read the archive. */
export const lakeTexts = {
  'help.lake': () => 'print or run what Athena, Redshift, DuckDB or Spark need to read the archive',
  'help.lake.print': () => 'print it (the default)',
  'help.lake.run': () => 'run it on AWS, and wait until it is done (Athena and Redshift)',
  'help.lake.name': () => 'name of the database (Athena) or of the schema (Redshift)',
  'help.lake.workgroup': () => 'workgroup of Athena, or of Redshift Serverless',
  'help.lake.output': () => 'where Athena puts results, if the workgroup does not say so',
  'help.lake.cluster': () => 'cluster of Redshift, instead of a workgroup',
  'help.lake.database': () => 'database of Redshift',
  'help.lake.db-user': () => 'user of the cluster',
  'help.lake.secret-arn': () => 'secret in AWS Secrets Manager with the user and password of Redshift',
  'help.lake.iam-role': () => 'role with which Redshift reads S3 and Glue, instead of its default one',
  'help.lake.timeout': () => 'how many minutes a statement may take before it is cancelled',

  'lake.no-archive': () => 'There is no archive: name one with --archive-url or in the settings.',
  'lake.empty': (p: { archive: string }) =>
    `The archive ${p.archive} has no file of this database yet: archive a month first (crypto-price-monitor archive run).`,
  'lake.not-readable': (p: { engine: string; archive: string }) =>
    `${p.engine} cannot read the archive ${p.archive}. ${
      p.engine === 'duckdb' ? 'DuckDB reads folders and S3.' : 'It reads only S3.'
    }`,
  'lake.unquotable': (p: { text: string }) =>
    `"${p.text}" contains a character that cannot be quoted safely there. Choose another prefix for the archive; a source or coin of such a name can be read with DuckDB or Spark.`,
  'lake.name': () => 'Use lower-case letters, digits and underscores, beginning with a letter.',
  'lake.not-runnable': (p: { engine: string }) =>
    `--run is for athena and redshift: print what ${p.engine} needs, and run it there.`,
  'lake.where': () => 'Redshift needs --database, and either --workgroup (Redshift Serverless) or --cluster.',

  // While it runs.
  'lake.ran': (p: { name: string; index: number; count: number; first: string }) =>
    `${p.name}: statement ${p.index} of ${p.count} is done: ${p.first}`,
  'lake.failed': (p: Statement & { said: string }) =>
    `${p.name} could not run ${ofStatement(p)}${withReason(p.said)} The statements after it were not started; run the command again when this is solved.`,
  'lake.cancelled': (p: Statement & { said: string }) =>
    `${p.name} cancelled ${ofStatement(p)}${withReason(p.said)} The statements after it were not started.`,
  'lake.timeout': (p: Statement & { seconds: number }) =>
    `${p.name} did not finish ${ofStatement(p)} within ${p.seconds / 60} minutes, and it was cancelled. Give it more with --timeout.`,
  'lake.lost': (p: { name: string; id: string; reason: Nested }) =>
    `The state of statement ${p.id} is unknown, and it may still be running in ${p.name}: ${p.reason}`,
  'lake.not-cancelled': (p: { name: string; id: string; reason: Nested }) =>
    `Statement ${p.id} could not be cancelled, and may still be running in ${p.name}: ${p.reason}`,

  // Why a request failed.
  'lake.no-credentials': (p: { name: string; said: string }) =>
    `No credentials for ${p.name}: ${asSentence(p.said)} They are found as by other AWS programs: in the environment, in ~/.aws, or as the role of the machine.`,
  'lake.no-region': (p: { name: string; said: string }) =>
    `No region for ${p.name}: set AWS_REGION, or the region of the archive (s3://bucket/prefix?region=…).`,
  'lake.refused': (p: { name: string; said: string }) =>
    `${p.name} refuses access: ${asSentence(p.said)} Check the credentials, and what they are allowed to do.`,
  'lake.unreachable': (p: { name: string; said: string }) =>
    `${p.name} cannot be reached: ${asSentence(p.said)}`,
  'lake.said': (p: { name: string; said: string }) => `${p.name} refuses the request: ${asSentence(p.said)}`,
};
