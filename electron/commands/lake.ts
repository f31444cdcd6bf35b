import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { message, t } from '../../shared/messages/message.ts';
import { MessageError } from '../../shared/messages/message-error.ts';
import { unlessAborted } from '../monitor/async/unless-aborted.ts';
import { createLogger } from '../monitor/logging/logger.ts';
import { addFlags } from '../monitor/settings/flags.ts';
import { readAllFiles } from '../monitor/store/archive/archive-tables.ts';
import { athenaSql } from '../monitor/store/lake/athena-sql.ts';
import { duckdbSql } from '../monitor/store/lake/duckdb-sql.ts';
import { type LakeArchive, lakeArchive } from '../monitor/store/lake/lake-archive.ts';
import { redshiftSql } from '../monitor/store/lake/redshift-sql.ts';
import { firstLineOf, runStatements } from '../monitor/store/lake/run-statements.ts';
import { sparkSnippet } from '../monitor/store/lake/spark-snippet.ts';
import type { LakeStatement, StatementService } from '../monitor/store/lake/statement-service.ts';
import { openCommandSettings } from './command-settings.ts';
import { untilStopped } from './until-stopped.ts';
import { withDatabase } from './with-database.ts';

const ENGINES = ['athena', 'redshift', 'duckdb', 'spark'] as const;
type Engine = (typeof ENGINES)[number];

type Options = Readonly<Record<string, unknown>> & {
  readonly run?: boolean;
  readonly name: string;
  readonly workgroup?: string;
  readonly output?: string;
  readonly cluster?: string;
  readonly database?: string;
  readonly dbUser?: string;
  readonly secretArn?: string;
  readonly iamRole?: string;
  readonly timeout: number;
};

/** `lake`: prints or runs what other programs need to read the archived files that the database lists. */
export function lakeCommand(): Command {
  const command = new Command('lake')
    .description(t('help.lake'))
    .addArgument(new Argument('<engine>').choices(ENGINES))
    .addOption(new Option('--print', t('help.lake.print')).conflicts('run'))
    .option('--run', t('help.lake.run'))
    .option('--name <name>', t('help.lake.name'), nameArgument, 'crypto_price_monitor')
    .option('--workgroup <name>', t('help.lake.workgroup'))
    .option('--output <s3-url>', t('help.lake.output'))
    .addOption(new Option('--cluster <name>', t('help.lake.cluster')).conflicts('workgroup'))
    .option('--database <name>', t('help.lake.database'))
    .option('--db-user <name>', t('help.lake.db-user'))
    .option('--secret-arn <arn>', t('help.lake.secret-arn'))
    .option('--iam-role <arn>', t('help.lake.iam-role'))
    .option('--timeout <minutes>', t('help.lake.timeout'), minutesArgument, 60);
  return addFlags(command, ['databaseUrl', 'archiveUrl']).action(runLake);
}

async function runLake(engine: Engine, options: Options): Promise<void> {
  const { dataDir, settings } = openCommandSettings(options);
  const { archiveUrl } = settings.current();
  if (archiveUrl === null) throw new MessageError(message('lake.no-archive'));
  // Errors in the command line are reported before a server is started.
  const service = options.run ? chosenService(engine, options) : null;
  const choice = { dataDir, databaseUrl: settings.databaseUrl(), log: createLogger('warn') };
  const files = await untilStopped((signal) =>
    withDatabase(choice, (run) => unlessAborted(signal, run(readAllFiles)), signal),
  );
  const archive = lakeArchive(archiveUrl, files);
  if (archive.files.length === 0) throw new MessageError(message('lake.empty', { archive: archiveUrl }));
  if (engine === 'spark') return print(`${sparkSnippet(archive)}\n`);
  const statements = statementsFor(engine, archive, archiveUrl, options);
  if (statements === null)
    throw new MessageError(message('lake.not-readable', { engine, archive: archiveUrl }));
  if (service === null) return print(statements.map(printed).join('\n'));
  const { place } = archive;
  await runAll(await service(place.kind === 's3' ? place.options.region : undefined), statements, options);
}

function statementsFor(
  engine: Exclude<Engine, 'spark'>,
  archive: LakeArchive,
  archiveUrl: string,
  { name, iamRole }: Options,
): readonly LakeStatement[] | null {
  switch (engine) {
    case 'athena':
      return athenaSql(archive, name);
    case 'redshift':
      return redshiftSql(archive, { schema: name, iamRole: iamRole ?? null });
    case 'duckdb': {
      const sql = duckdbSql(archive, archiveUrl);
      return sql && [...sql.prepare, ...sql.views];
    }
  }
}

function printed(statement: LakeStatement): string {
  if (typeof statement === 'string') return `${statement};\n`;
  return ['begin', ...statement, 'commit'].map((sql) => `${sql};\n`).join('');
}

/** Opens a service in the region of the archive. */
type OpenService = (region: string | undefined) => Promise<StatementService>;

/** @throws InvalidArgumentError when the options do not name where to run */
function chosenService(engine: Engine, options: Options): OpenService {
  const { workgroup, output, cluster, database, dbUser, secretArn } = options;
  switch (engine) {
    case 'athena':
      return async (region) => {
        const { athenaService } = await import('../monitor/store/lake/athena-service.ts');
        return athenaService({ region, workgroup, output });
      };
    case 'redshift': {
      const at =
        workgroup !== undefined
          ? { WorkgroupName: workgroup }
          : cluster !== undefined
            ? { ClusterIdentifier: cluster }
            : null;
      if (at === null || database === undefined) throw new InvalidArgumentError(t('lake.where'));
      return async (region) => {
        const { redshiftService } = await import('../monitor/store/lake/redshift-service.ts');
        return redshiftService({ region, database, at, dbUser, secretArn });
      };
    }
    default:
      throw new InvalidArgumentError(t('lake.not-runnable', { engine }));
  }
}

async function runAll(
  service: StatementService,
  statements: readonly LakeStatement[],
  { timeout }: Options,
): Promise<void> {
  const onDone = (index: number): void =>
    print(
      `${t('lake.ran', {
        name: service.name,
        index: index + 1,
        count: statements.length,
        first: firstLineOf(statements[index] ?? ''),
      })}\n`,
    );
  try {
    await untilStopped((signal) =>
      runStatements({ service, statements, timeoutMs: timeout * 60_000, signal, onDone }),
    );
  } finally {
    service.close();
  }
}

function nameArgument(given: string): string {
  if (/^[a-z][a-z0-9_]{0,100}$/.test(given)) return given;
  throw new InvalidArgumentError(t('lake.name'));
}

function minutesArgument(given: string): number {
  if (/^[1-9]\d{0,3}$/.test(given)) return Number(given);
  throw new InvalidArgumentError(t('argument.count', { most: 9_999 }));
}

const print = (text: string): void => void process.stdout.write(text);
