import { QueryClient } from '@tanstack/react-query';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../../shared/domain/alert.ts';
import { alertOf } from '../../shared/domain/alert-fixture.ts';
import type { Client } from '../api/client.ts';
import { type AlertData, alertQuery, withAlert, withChanged } from './alert-pages.ts';
import { chunksOf, isSameChunk } from './chunks.ts';

const alert = (observedAt: number, part: Partial<Alert> = {}): Alert =>
  alertOf({ id: `a${String(observedAt).padStart(6, '0')}`, observedAt, ...part });
const over = { resolvedAt: 1, reason: 'over', extreme: null } as unknown as NonNullable<Alert['resolution']>;
const cursor = ({ observedAt, id }: Alert) => ({ observedAt, id });
const newestFirst = (count: number, part: Partial<Alert> = {}): Alert[] =>
  Array.from({ length: count }, (_, index) => alert(count - index, part));

/** The loaded list, with the given number of alerts per page. */
function loaded(all: readonly Alert[], ...sizes: readonly number[]): AlertData {
  const pages: AlertData['pages'] = [];
  const pageParams: AlertData['pageParams'] = [];
  let at = 0;
  for (const size of sizes) {
    const before = all[at - 1];
    const alerts = all.slice(at, at + size);
    at += size;
    const last = alerts.at(-1);
    pages.push({ alerts, next: at < all.length && last ? cursor(last) : null });
    pageParams.push(before && cursor(before));
  }
  return { pages, pageParams };
}
const times = (data: AlertData): readonly number[] =>
  data.pages.flatMap(({ alerts }) => alerts.map(({ observedAt }) => observedAt));

describe('a new alert', () => {
  it('is at the top of the list', () => {
    expect(times(withAlert(loaded([alert(1)], 1), alert(2)))).toEqual([2, 1]);
    expect(times(withAlert(loaded([], 0), alert(2)))).toEqual([2]);
  });

  it('is inserted once and in order, for any number and order of receptions', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(40)), sizes, fc.array(fc.nat(40)), (first, lengths, received) => {
        const all = first.toSorted((a, b) => b - a).map((at) => alert(at));
        const data = loaded(all, ...lengths);
        const later = received.reduce((list, at) => withAlert(list, alert(at)), data);
        const end = data.pages.at(-1)?.next?.observedAt ?? Number.NEGATIVE_INFINITY;
        const wanted = [...times(data), ...received.filter((at) => at > end)];
        expect(times(later)).toEqual([...new Set(wanted)].toSorted((a, b) => b - a));
      }),
    );
  });

  it('drops the oldest of a long list, which can be loaded again', () => {
    const joined = withAlert(loaded(newestFirst(200), 200), alert(201));
    expect(times(joined)).toEqual(
      newestFirst(201)
        .slice(0, 151)
        .map(({ observedAt }) => observedAt),
    );
    expect(joined.pages[0]?.next).toEqual(cursor(alert(51)));
  });

  it('drops none while older pages are shown, and does not change these', () => {
    const data = loaded(newestFirst(1_000), 50, 200, 200);
    const joined = Array.from({ length: 400 }, (_, index) => alert(1_001 + index)).reduce(withAlert, data);
    expect(times(joined)).toEqual(
      newestFirst(1_400)
        .slice(0, 850)
        .map(({ observedAt }) => observedAt),
    );
    expect(joined.pages.slice(-2)).toEqual(data.pages.slice(-2));
    expect(joined.pages.at(-1)).toBe(data.pages.at(-1));
    expect(joined.pages[0]?.alerts.length).toBeLessThanOrEqual(200);
    // Each page can be fetched with the cursor of the one before it.
    expect(joined.pageParams.slice(1)).toEqual(joined.pages.slice(0, -1).map(({ next }) => next));
  });

  it('costs the same in a long list as in a short one', () => {
    const readsFor = (count: number): number => {
      let reads = 0;
      const counted = newestFirst(count).map(
        (one) =>
          new Proxy(one, {
            get(target, name) {
              reads += 1;
              return Reflect.get(target, name);
            },
          }),
      );
      const data = loaded(counted, 50, ...Array.from({ length: count / 200 }, () => 200));
      reads = 0;
      const grown = withAlert(data, alert(count + 1));
      withChanged(grown, alert(count + 1, { price: 2 }));
      const chunks = chunksOf(grown.pages[0]?.alerts ?? []);
      expect(chunks.map(({ alerts }) => alerts.length)).toEqual([1, 50]);
      expect(grown.pages.slice(1).every((page, index) => page === data.pages[index + 1])).toBe(true);
      return reads;
    };
    // A search halves the list: one more step for twice the length.
    expect(readsFor(102_400)).toBeLessThan(readsFor(1_600) + 60);
    expect(readsFor(102_400)).toBeLessThan(200);
  });
});

describe('an alert that has changed', () => {
  it('is replaced in place, without changing other pages', () => {
    const data = loaded(newestFirst(30), 10, 10, 10);
    const changed = alert(15, { price: 2 });
    const joined = withChanged(data, changed);
    expect(joined.pages.map((page, index) => page === data.pages[index])).toEqual([true, false, true]);
    expect(joined.pages[1]?.alerts[5]).toBe(changed);
    expect(withChanged(data, alert(99))).toBe(data);
  });
});

describe('the list that is fetched again', () => {
  /** Fetches the given number of pages of the list; returns the limits of the requests. */
  async function refetched(data: AlertData, all: readonly Alert[]) {
    const requested: number[] = [];
    const call = async (_: string, { limit, before }: { limit: number; before?: { observedAt: number } }) => {
      requested.push(limit);
      const rest = all.filter(({ observedAt }) => observedAt < (before?.observedAt ?? 1e9));
      const alerts = rest.slice(0, limit);
      const last = alerts.at(-1);
      return { alerts, next: rest.length > limit && last ? cursor(last) : null };
    };
    const cache = new QueryClient();
    const query = alertQuery({ call } as unknown as Client);
    cache.setQueryData<AlertData>(query.queryKey, data);
    const fetched = await cache.fetchInfiniteQuery({ ...query, pages: data.pages.length, staleTime: 0 });
    return { fetched: fetched as AlertData, requested };
  }

  it('fetches only the newest page when older ones cannot have changed', async () => {
    const all = newestFirst(1_000, { resolution: over });
    const data = loaded(all, 50, 200, 200, 200);
    const missed = [alert(1_003), alert(1_002), alert(1_001)];
    const { fetched, requested } = await refetched(data, [...missed, ...all]);
    expect(requested).toEqual([200]);
    expect(times(fetched)).toEqual([1_003, 1_002, 1_001, ...times(data)]);
    expect(fetched.pages.slice(1).every((page, index) => page === data.pages[index + 1])).toBe(true);
  });

  it('fetches the pages whose firings continue', async () => {
    const all = newestFirst(1_000, { resolution: over }).with(300, alert(700));
    const { fetched, requested } = await refetched(
      loaded(all, 50, 200, 200),
      all.with(300, alert(700, { resolution: over })),
    );
    expect(requested).toEqual([200, 200]);
    expect(fetched.pages[2]?.alerts[50]?.resolution).toEqual(over);
    expect(times(fetched)).toEqual(times(loaded(all, 450)));
  });

  it('has no gap when more alerts were missed than a page contains', async () => {
    const all = newestFirst(1_000, { resolution: over });
    const { fetched } = await refetched(loaded(all, 50, 200), [...newestFirst(1_300).slice(0, 300), ...all]);
    expect(times(fetched)).toEqual(
      newestFirst(1_300)
        .slice(0, 400)
        .map(({ observedAt }) => observedAt),
    );
  });
});

describe('the chunks of a page', () => {
  it('are counted from its oldest alert, so that a new one changes only the first', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 250 }), (count) => {
        const before = chunksOf(newestFirst(count));
        const now = chunksOf(newestFirst(count + 1)).slice(count % 50 === 0 ? 1 : 0);
        expect(now.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
        expect(now.flatMap(({ alerts }) => alerts)).toEqual(
          newestFirst(count + 1).slice(count % 50 === 0 ? 1 : 0),
        );
      }),
    );
    const alerts = newestFirst(60);
    expect(isSameChunk(alerts, [...alerts])).toBe(true);
    expect(isSameChunk(alerts, alerts.with(3, alert(57)))).toBe(false);
  });
});
