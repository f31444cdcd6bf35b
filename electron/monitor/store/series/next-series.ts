/**
 * Lets the ids of series count on from the largest one, where rows were copied with their ids. Does nothing in a database without
 * series, which an earlier version has made.
 */
export const NEXT_SERIES = `
  do $$
  begin
    if to_regclass('series') is not null then
      perform setval(pg_get_serial_sequence('series', 'id'), greatest(1, max(id)), max(id) is not null) from series;
    end if;
  end $$`;
