-- The alert of the leading coin that an alert followed, and so was not notified: its id (alertId) and its coin (coinId), the beta
-- of the coin to it (beta), and how far the coin moved beyond that, in per cent (beyondPct). Null for all others.
alter table alerts add column inhibited_by jsonb;
