/**
 * Continues the ids of series after the largest one, for rows that were copied with their ids. Does nothing in a database of an
 * earlier version without the table.
 */
export const NEXT_SERIES = `
  do $$
  begin
    if to_regclass('series') is not null then
      perform setval(pg_get_serial_sequence('series', 'id'), greatest(1, max(id)), max(id) is not null) from series;
    end if;
  end $$`;
