-- All ticks are copied.
create or replace view ticks as
select coin_id, vs_currency, observed_at, price, volume_24h, market_cap, amount, source
from series_ticks
join series on series.id = series_ticks.series_id;

-- Where somebody built a view upon it, this fails rather than take that away: nothing is changed.
drop table ticks_to_move;
delete from moving where relation = 'ticks';
