import type { ClientBase } from 'pg';
import { type Message, message } from '../../../../../shared/messages/message.ts';
import { monthLabel } from '../../archive/archive-path.ts';
import { readMonths } from '../../archive/archive-tables.ts';
import { monthOf } from '../../partitions/partition-month.ts';
import type { ImportName } from '../checked-name.ts';

/** Returns the reason why a tick of a source cannot be written, or null. */
export type RefuseMonth = (source: string, at: number) => Message | null;

/**
 * Finds months whose ticks cannot be imported, because the archive has ticks of the same series, or ticks were deleted: they
 * could not be compared with existing ones and might count twice in candles.
 */
export async function readUnusableMonths(client: ClientBase, name: ImportName): Promise<RefuseMonth> {
  const deleted = new Set(
    (await readMonths(client)).filter(({ state }) => state === 'deleted').map(({ month }) => month),
  );
  const { rows } = await client.query<{ source: string; month_ms: number }>(ARCHIVED, [
    name.coinId,
    name.vsCurrency,
  ]);
  const archived = new Set(rows.map(({ source, month_ms }) => `${source} ${month_ms}`));
  if (deleted.size === 0 && archived.size === 0) return () => null;
  return (source, at) => {
    const month = monthOf(at);
    if (archived.has(`${source} ${month.from}`))
      return message('import.archived-month', { month: monthLabel(month) });
    return deleted.has(month.from) ? message('import.deleted-month', { month: monthLabel(month) }) : null;
  };
}

const ARCHIVED = `
  select distinct
    source,
    extract(epoch from month::timestamp at time zone 'UTC')::double precision * 1000 as month_ms
  from archive_files
  join archived_months using (relation, month)
  join series on series.id = series_id
  where coin_id = $1 and vs_currency = $2 and archived_months.state = 'archived' and archive_files.state = 'archived'`;
