/** The statement of migration 12 that folds all historical candles in the transaction of the migration. */
const FOLD_ALL = /^-- What is there already, a month of a source at a time\.\ndo \$\$\n.*?^end \$\$;\n/ms;

const FOLD_LATER = `
insert into moving (relation, pages)
select 'history_folds', pg_relation_size('history_candles') / current_setting('block_size')::bigint
where exists (select from history_candles);
`;

/**
 * Migration 12 (`sql/0012_history_folds.sql`) folds years of minutes in its own transaction, which shows no progress and starts
 * over after a kill. The file must not be edited any more, so that statement is replaced: a row is inserted into the table
 * `moving`, and `foldPages` folds the candles afterwards, in steps.
 */
export function foldLater(sql: string): string {
  if (!FOLD_ALL.test(sql)) throw new Error('Migration 12 does not fold what is there.');
  return sql.replace(FOLD_ALL, () => FOLD_LATER);
}
