-- Candles that a provider made, for the times that the program did not watch. They stay apart from what was measured:
-- no tick leads to them, and nothing here changes candles_1m, candles_1h or ohlcv_daily. Only whole candles are kept.
-- volume is traded within the candle ('traded') or of the 24 hours before its end ('rolling-24h').
create table history_candles (
  coin_id text not null,
  vs_currency text not null,
  resolution_seconds integer not null,
  bucket timestamptz not null,
  source text not null,
  open double precision not null,
  high double precision not null,
  low double precision not null,
  close double precision not null,
  volume double precision,
  volume_kind text not null check (volume_kind in ('traded', 'rolling-24h')),
  primary key (coin_id, vs_currency, resolution_seconds, bucket, source)
);

-- What each source was asked for and has answered, with its candles or with none: where a backfill goes on after a
-- restart. found is false where the source does not have the coin, so that the next source is asked instead.
create table history_asked (
  coin_id text not null,
  vs_currency text not null,
  resolution_seconds integer not null,
  source text not null,
  asked_from timestamptz not null,
  asked_until timestamptz not null check (asked_until > asked_from),
  found boolean not null,
  primary key (coin_id, vs_currency, resolution_seconds, source, found, asked_from)
);
