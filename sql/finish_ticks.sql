-- Runs when all ticks are copied: redefines the public view on the new table.
create or replace view ticks as
select coin_id, vs_currency, observed_at, price, volume_24h, market_cap, amount, source
from series_ticks
join series on series.id = series_ticks.series_id;

-- Without "cascade": if views of users depend on it, this fails and changes nothing.
drop table ticks_to_move;
delete from moving where relation = 'ticks';
