import { expect, it } from 'vitest';
import type { Alert } from '../../shared/domain/alert.ts';
import { alertOf } from '../../shared/domain/alert-fixture.ts';
import type { Client } from '../api/client.ts';
import { csvOfAlerts, readAllAlerts } from './alerts-csv.ts';

const alert = (observedAt: number): Alert =>
  alertOf({
    id: `a${observedAt}`,
    observedAt,
    source: 'kraken',
    price: 61_800.5,
    figures: { average: 60_000, changePct: 3 },
  });

it('has a line for each alert, with quotes around fields that contain a comma', () => {
  const at = Date.UTC(2026, 0, 5);
  const follower: Alert = {
    ...alert(at + 1),
    figures: {},
    inhibitedBy: { alertId: 'a1', coinId: 'bitcoin', beta: 1.5, beyondPct: 0.25 },
    resolution: {
      alertId: 'b',
      resolvedAt: at + 60_000,
      reason: 'over',
      extreme: { price: 62_000, observedAt: at + 2, figures: {} },
    },
  };
  expect(csvOfAlerts([alert(at), follower]).split('\r\n')).toEqual([
    'time,coin,currency,rule,kind,severity,direction,price,message,source,params,figures,inhibitedBy,resolvedAt,endReason,id',
    '2026-01-05T00:00:00.000Z,bitcoin,usd,moving-average,moving-average,warning,up,61800.5,' +
      'price changed by more than 2% from the 5-min average,kraken,' +
      '"{""thresholdPct"":2,""windowMinutes"":5}","{""average"":60000,""changePct"":3}",,,,a1767571200000',
    '2026-01-05T00:00:00.001Z,bitcoin,usd,moving-average,moving-average,warning,up,61800.5,' +
      'price changed by more than 2% from the 5-min average,kraken,"{""thresholdPct"":2,""windowMinutes"":5}",{},' +
      '"{""alertId"":""a1"",""coinId"":""bitcoin"",""beta"":1.5,""beyondPct"":0.25}",2026-01-05T00:01:00.000Z,over,a1767571200001',
    '',
  ]);
});

it('reads every page of the filtered list', async () => {
  const all = Array.from({ length: 450 }, (_, index) => alert(450 - index));
  const requested: unknown[] = [];
  const call = async (_: string, input: { limit: number; before?: { observedAt: number } }) => {
    requested.push(input);
    const rest = all.filter(({ observedAt }) => observedAt < (input.before?.observedAt ?? 1_000));
    const page = rest.slice(0, input.limit);
    const last = page.at(-1);
    return {
      alerts: page,
      next: rest.length > page.length && last ? { observedAt: last.observedAt, id: last.id } : null,
    };
  };
  const counts: number[] = [];
  const client = { call } as unknown as Pick<Client, 'call'>;
  const found = await readAllAlerts(client, { coinId: 'bitcoin' }, (count) => counts.push(count));
  expect(found).toEqual(all);
  expect(counts).toEqual([200, 400, 450]);
  expect(requested).toMatchObject(Array(3).fill({ limit: 200, filter: { coinId: 'bitcoin' } }));
});
