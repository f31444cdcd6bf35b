-- What an alert says is made from its kind, parameters and figures. `message` stays, for people who read the table; the program
-- does not read it.
alter table alerts
  -- The kind of the rule, its parameters when it fired, and how much the alert matters.
  add column kind text,
  add column params jsonb not null default '{}',
  add column severity text not null default 'warning',
  -- 'up' or 'down'; null for a rule that has no direction.
  add column direction text;

update alerts
set
  kind = rule,
  direction = case sign(coalesce((figures ->> 'changePct')::double precision, 0))
    when 1 then 'up'
    when -1 then 'down'
  end,
  params = coalesce(
    (
      select jsonb_build_object('thresholdPct', found[1]::numeric, 'windowMinutes', found[2]::numeric)
      from regexp_match(
        message,
        '^price changed by more than (\d+\.?\d*)% from the (\d+\.?\d*)-min average$'
      ) as found
      where found is not null
    ),
    '{}'
  );

alter table alerts alter column kind set not null;
