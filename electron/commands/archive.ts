import { Command, InvalidArgumentError, Option } from 'commander';
import { type Message, message, t, text } from '../../shared/messages/message.ts';
import { MessageError } from '../../shared/messages/message-error.ts';
import { RETENTION_SETTINGS, type Retention } from '../../shared/settings/retention.ts';
import { createLogger } from '../monitor/logging/logger.ts';
import { addFlags } from '../monitor/settings/flags.ts';
import { adoptArchive } from '../monitor/store/archive/adopt-archive.ts';
import type { RunInTransaction } from '../monitor/store/archive/archive-lock.ts';
import { withArchiveAsOwner } from '../monitor/store/archive/archive-lock.ts';
import { monthLabel } from '../monitor/store/archive/archive-path.ts';
import { readAllFiles, readMonths } from '../monitor/store/archive/archive-tables.ts';
import { ARCHIVED_TABLES } from '../monitor/store/archive/archived-table.ts';
import { pruneMonth, readPrunable } from '../monitor/store/archive/prune-archive.ts';
import { readDue } from '../monitor/store/archive/read-due.ts';
import { restoreMonth } from '../monitor/store/archive/restore-month.ts';
import { runRetention } from '../monitor/store/archive/run-retention.ts';
import { createOpenedTargets, type OpenedTargets } from '../monitor/store/archive/targets/open-targets.ts';
import { verifyArchive } from '../monitor/store/archive/verify-archive.ts';
import { monthOf } from '../monitor/store/partitions/partition-month.ts';
import { systemClock } from '../monitor/time/clock.ts';
import { openCommandSettings } from './command-settings.ts';
import { progressLine } from './progress-line.ts';
import { checkOrder, timeArgument } from './time-argument.ts';
import { untilStopped } from './until-stopped.ts';
import { withDatabase } from './with-database.ts';

type Options = Readonly<Record<string, unknown>> & {
  readonly from?: number;
  readonly to?: number;
  readonly only?: 'ticks' | 'candles_1m';
  readonly keepDays: number;
  readonly before: number;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
};

type Tools = {
  readonly run: RunInTransaction;
  readonly targets: OpenedTargets;
  readonly retention: Retention;
  /** Aborted by a stop signal. */
  readonly signal: AbortSignal;
};

const DAY_MS = 86_400_000;
const FAR_FUTURE = Date.UTC(9999, 0, 1);

/** `archive`: manages months that are in a folder, on S3 or on HDFS instead of in the database. */
export function archiveCommand(): Command {
  const command = new Command('archive').description(t('help.archive'));
  const sub = (name: string, description: string): Command =>
    addFlags(command.command(name).description(description), ['databaseUrl', ...RETENTION_SETTINGS]);
  const ofTime = (one: Command): Command =>
    one
      .option('--from <time>', t('help.archive.from'), timeArgument)
      .option('--to <time>', t('help.archive.to'), timeArgument);
  const ofKind = (one: Command): Command =>
    one.addOption(new Option('--only <kind>', t('help.archive.only')).choices(['ticks', 'candles_1m']));

  sub('list', t('help.archive.list')).action(withTools(list));
  sub('run', t('help.archive.run')).option('--dry-run', t('help.archive.dry-run')).action(withTools(runDue));
  ofTime(sub('verify', t('help.archive.verify'))).action(withTools(verify));
  ofKind(ofTime(sub('restore', t('help.archive.restore'))))
    .option('--keep-days <days>', t('help.archive.keep-days'), daysArgument, 30)
    .action(withTools(restore));
  sub('adopt', t('help.archive.adopt')).action(withTools(adopt));
  ofKind(sub('prune', t('help.archive.prune')))
    .requiredOption('--before <time>', t('help.archive.before'), timeArgument)
    .option('--yes', t('help.archive.yes'))
    .action(withTools(prune));
  return command;
}

/** Runs a command with the database and the archives, and closes both. A stop signal ends it at the next consistent state. */
function withTools(work: (tools: Tools, options: Options) => Promise<void>) {
  return async (options: Options): Promise<void> => {
    const { dataDir, env, settings } = openCommandSettings(options);
    const targets = createOpenedTargets(env);
    const choice = { dataDir, databaseUrl: settings.databaseUrl(), log: createLogger('warn') };
    try {
      const retention = settings.current();
      await untilStopped((signal) =>
        withDatabase(choice, (run) => work({ run, targets, retention, signal }, options), signal),
      );
    } finally {
      await targets.close();
    }
  };
}

async function list({ run }: Tools): Promise<void> {
  const [months, files] = await run(
    async (client) => [await readMonths(client), await readAllFiles(client)] as const,
  );
  for (const { relation, month, state, keepUntil } of months) {
    const own = files.filter((file) => file.relation === relation && file.month === month);
    const table = ARCHIVED_TABLES.find(({ partitioned }) => partitioned.name === relation);
    print(
      JSON.stringify({
        month: monthLabel(monthOf(month)),
        kind: table?.name ?? relation,
        state,
        files: own.length,
        rows: own.reduce((sum, { written }) => sum + (written?.rows ?? 0), 0),
        bytes: own.reduce((sum, { written }) => sum + (written?.bytes ?? 0), 0),
        archives: [...new Set(own.map(({ archiveUrl }) => archiveUrl))],
        ...(keepUntil === null ? {} : { keepUntil: new Date(keepUntil).toISOString() }),
      }),
    );
  }
}

async function runDue(
  { run, targets, retention, signal }: Tools,
  { dryRun = false }: Options,
): Promise<void> {
  if (retention.archiveUrl === null && !retention.deleteWithoutArchive)
    throw new MessageError(message('archive.none'));
  const { months, tooLarge } = await readDue(run, retention, Date.now());
  if (months.length === 0) say(message('archive.nothing-due'));
  if (dryRun) {
    for (const { table, month, bytes } of months)
      print(t('archive.is-due', { relation: table.name, month: monthLabel(month), bytes }));
    return;
  }
  const onDone = (done: Message): void => print(text(done));
  await runRetention({
    run,
    targets,
    retention,
    clock: systemClock,
    signal,
    onProgress: progressLine(),
    onDone,
  });
  if (tooLarge !== null) say(tooLarge);
}

async function verify(
  { run, targets, signal }: Tools,
  { from = 0, to = FAR_FUTURE }: Options,
): Promise<void> {
  checkOrder(from, to);
  const found = { files: 0, rows: 0, faulty: 0 };
  await verifyArchive({
    run,
    targets,
    from: monthOf(from).from,
    to,
    onFile({ path, archiveUrl, written }, fault) {
      signal.throwIfAborted();
      found.files += 1;
      found.rows += written?.rows ?? 0;
      if (fault === null) return;
      found.faulty += 1;
      print(t('archive.failed', { action: 'read', path, archive: archiveUrl, reason: fault }));
    },
  });
  if (found.faulty > 0)
    throw new MessageError(message('archive.faulty', { count: found.faulty, files: found.files }));
  print(t('archive.verified', found));
}

async function restore(
  { run, targets, signal }: Tools,
  { from = 0, to = FAR_FUTURE, only, keepDays }: Options,
): Promise<void> {
  checkOrder(from, to);
  await withArchiveAsOwner(run, async () => {
    const months = (await run(readMonths)).filter(
      ({ state, month }) => state === 'archived' && month >= monthOf(from).from && month < to,
    );
    let count = 0;
    for (const { relation, month: start } of months) {
      const table = ARCHIVED_TABLES.find(({ partitioned }) => partitioned.name === relation);
      if (table === undefined || (only !== undefined && table.name !== only)) continue;
      const month = monthOf(start);
      const keepUntil = Date.now() + keepDays * DAY_MS;
      const context = { run, targets, clock: systemClock, onProgress: () => signal.throwIfAborted() };
      const rows = await restoreMonth(context, table, month, keepUntil);
      const until = new Date(keepUntil).toISOString();
      print(t('archive.restored', { relation: table.name, month: monthLabel(month), rows, until }));
      count += 1;
    }
    if (count === 0) say(message('archive.nothing-to-restore'));
  });
}

async function adopt({ run, targets, retention, signal }: Tools): Promise<void> {
  const { archiveUrl } = retention;
  if (archiveUrl === null) throw new MessageError(message('archive.none'));
  await withArchiveAsOwner(run, async () => {
    let [adopted, refused] = [0, 0];
    await adoptArchive({
      run,
      target: await targets.open(archiveUrl),
      clock: systemClock,
      onMonth({ table, month, files, rows }) {
        adopted += files;
        print(t('archive.known-now', { relation: table.name, month: monthLabel(month), files, rows }));
        signal.throwIfAborted();
      },
      onRefused(path, reason) {
        refused += 1;
        print(t('archive.failed', { action: 'adopt', path, archive: archiveUrl, reason }));
      },
    });
    if (refused > 0) throw new MessageError(message('archive.not-adopted', { count: refused }));
    if (adopted === 0) say(message('archive.nothing-unknown'));
  });
}

async function prune({ run, targets, signal }: Tools, { before, only, yes = false }: Options): Promise<void> {
  await withArchiveAsOwner(run, async () => {
    const months = (await readPrunable(run, before)).filter(
      ({ table }) => only === undefined || table.name === only,
    );
    const files = months.flatMap((month) => month.files);
    if (!yes) {
      const rows = files.reduce((sum, { written }) => sum + (written?.rows ?? 0), 0);
      return say(message('archive.prune-asks', { months: months.length, files: files.length, rows }));
    }
    for (const month of months) {
      signal.throwIfAborted();
      await pruneMonth(run, targets, systemClock, month);
      const where = { relation: month.table.name, month: monthLabel(monthOf(month.month)) };
      print(t('archive.pruned', { ...where, files: month.files.length }));
    }
  });
}

function daysArgument(given: string): number {
  if (/^[1-9]\d{0,4}$/.test(given)) return Number(given);
  throw new InvalidArgumentError(t('argument.count', { most: 99_999 }));
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const say = (content: Message): void => void process.stderr.write(`${text(content)}\n`);
