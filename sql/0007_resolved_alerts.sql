-- How the firing that raised an alert ended; null while it goes on, and for alerts of versions that did not follow it.
alter table alerts
  add column resolved_at timestamptz,
  -- 'over', 'reversed' or 'rule-changed'.
  add column end_reason text,
  -- The price furthest in the alert's direction, its time, and the rule's figures then.
  add column extreme_price double precision,
  add column extreme_at timestamptz,
  add column extreme_figures jsonb;
