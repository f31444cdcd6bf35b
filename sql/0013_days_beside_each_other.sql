-- A chart of 500 weeks reads 3,500 days of a series. The days of all series are written together, so that each of them is on another
-- page of the table; in the key, those of a series lie beside each other. With all columns in it, the table need not be read.
-- There are few days, so that the larger key costs little: a day is updated once in a transaction that has ticks of it.
alter table series_candles_1d
  drop constraint series_candles_1d_pkey,
  add constraint series_candles_1d_pkey primary key (series_id, bucket)
    include (tick_count, open, open_at, high, low, close, close_at, volume_24h, traded);
