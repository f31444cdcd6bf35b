import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startDemoServer } from '../../demo/server.ts';
import { scaledClock } from '../../electron/monitor/time/clock.ts';
import { kafkaIsMissing } from '../counterparts/kafka.ts';
import { rabbitmqIsMissing } from '../counterparts/rabbitmq.ts';
import {
  alertLines,
  environmentFor,
  openPage,
  type Program,
  runCli,
  startProgram,
  until,
  withFolder,
} from '../program.ts';
import { queryUrl } from './storage-fixture.ts';
import {
  kafkaPeer,
  kinesisPeer,
  mailPeer,
  mqttPeer,
  type Peer,
  rabbitmqPeer,
  snsPeer,
  webhookPeer,
} from './storm-peers.ts';

/**
 * `STORM=10000` raises that number of alerts, kills the program 20 times and each counterpart five times, and prints a table of the
 * counts. `STORM_PROGRAM_KILLS` and `STORM_PEER_KILLS` set other numbers.
 */
const FULL = process.env.STORM === undefined ? null : Number(process.env.STORM);
const ALERTS = FULL ?? 60;
const PROGRAM_KILLS = Number(process.env.STORM_PROGRAM_KILLS ?? (FULL === null ? 2 : 20));
const PEER_KILLS = Number(process.env.STORM_PEER_KILLS ?? (FULL === null ? 1 : 5));
const COINS = 20;

/** Ten polls a second, a minute of the program's time apart, so that the rule's cooldown is over at the next poll. */
const SPEED = 600;
const POLL_SECONDS = 60;
const LEVEL = 100;
const RULE = { id: 'storm', kind: 'level', params: { level: LEVEL, hysteresisPct: 0.1 }, cooldownMinutes: 1 };

/**
 * Counterparts that are not used, with the reason. Starting Java takes as long as the rest of a short storm, and channel-kafka.test.ts
 * kills Kafka.
 */
const WITHOUT: Readonly<Record<string, string | null>> = {
  kafka: FULL === null ? 'only with STORM' : kafkaIsMissing,
  rabbitmq: FULL === null ? 'only with STORM' : rabbitmqIsMissing,
};
const left = Object.entries(WITHOUT).filter(([, reason]) => reason !== null);

describe(`a storm of ${ALERTS} alerts`, () => {
  it(`loses none on any channel, however often everything is killed (skipped: ${left.join('; ') || 'none'})`, {
    timeout: FULL === null ? 300_000 : 3_600_000,
  }, async () => {
    const peers = await Promise.all([
      webhookPeer(),
      mailPeer(),
      mqttPeer(),
      snsPeer(),
      kinesisPeer(),
      ...(WITHOUT.kafka === null ? [kafkaPeer()] : []),
      ...(WITHOUT.rabbitmq === null ? [rabbitmqPeer()] : []),
    ]);
    try {
      await withFolder((folder) => storm(folder, peers));
    } finally {
      await Promise.all(peers.map((peer) => peer.close()));
    }
  });
});

async function storm(folder: string, peers: readonly Peer[]): Promise<void> {
  const origin = Date.now();
  const clock = scaledClock(SPEED, origin);
  const market = await startDemoServer({ clock, seed: 'storm', jumpsPerDay: 0, record: true });
  const coins = market.market.coins.slice(0, COINS).map(({ id }) => id);
  writeFileSync(join(folder, 'settings.json'), JSON.stringify({ channels: channelsOf(peers, coins) }));
  const env = {
    ...environmentFor(folder, market.url, { speed: SPEED, origin, pollSeconds: POLL_SECONDS }),
    MONITOR_COINS: coins.join(','),
    MONITOR_RULES: JSON.stringify([RULE]),
    ...Object.assign({}, ...peers.map((peer) => peer.env)),
  };

  let flips = 0;
  /** Makes every coin cross the level, and waits until it was polled. */
  const flip = async (): Promise<void> => {
    const lastUpdatedAt = clock.now();
    const price = LEVEL + (++flips % 2 === 0 ? 1 : -1);
    for (const coinId of coins) market.setPrice(coinId, { price, lastUpdatedAt });
    const before = market.served().length;
    await until(() => market.served().length >= before + COINS);
  };

  let program: Program | undefined;
  try {
    const rounds = Math.ceil(ALERTS / COINS);
    // At this speed, the ten attempts of a dead mail server take no time, and each counts towards the limit of ten mails.
    const mortal = peers.filter(({ kind }) => FULL !== null || kind !== 'email');
    const kills = new Map<string, number>([['the program', 0]]);
    const killed = (what: string): void => void kills.set(what, (kills.get(what) ?? 0) + 1);
    const peersKilled = Promise.all(mortal.map((peer) => killNowAndThen(peer, () => flips / rounds, killed)));
    for (let kill = 0; kill < PROGRAM_KILLS; kill++) {
      program = await startProgram(env);
      while (flips < (rounds * (kill + 1)) / (PROGRAM_KILLS + 1)) await flip();
      await program.end('SIGKILL');
      killed('the program');
    }
    program = await startProgram(env);
    const page = await openPage(program.url);
    await until(async () => (await page.status()).database.status === 'ready');
    const url = (await runCli(['database-url', '--data-dir', folder])).stdout.trim();
    const stored = () => queryUrl<{ id: string }>(url, 'select id from alerts order by observed_at, id');
    // Until there are enough lines in the file; the database is behind it. Prices in flight at a kill raise no alert, so more flips may be
    // needed.
    while (flips < rounds || alertLines(folder).length < ALERTS) await flip();
    await peersKilled;
    market.setFault({ endpoint: '/simple/price', fault: { kind: 'status', status: 503 } });
    await until(async () => {
      const { feed, queue } = await page.status();
      const channels = await page.call('channels.list', {});
      const waiting = channels.some(({ state }) => state === null || state.waiting > 0);
      return feed.status === 'offline' && queue.waitingTicks === 0 && !waiting;
    });
    const dead = (await page.call('channels.list', {})).map(({ id, dead }) => [id, dead]);
    page.close();
    const alerts = (await stored()).map(({ id }) => id);
    expect((await program.end('SIGTERM')).code).toBe(0);
    program = undefined;

    expect(dead.filter(([, count]) => count !== 0)).toEqual([]);
    const lines = ['alerts.txt', 'rotated.txt'].map((name) => ({
      channel: name,
      isOrdered: true,
      ids: idsInFile(folder, name),
    }));
    const received = await Promise.all(peers.map(async (peer) => ({ ...peer, ids: await peer.received() })));
    const counts = [...lines, ...received].map(({ channel, ids }) => {
      const distinct = new Set(ids);
      return {
        channel,
        'killed −9': kills.get(channel) ?? 0,
        accepted: alerts.length,
        delivered: distinct.size,
        repeats: ids.length - distinct.size,
        lost: alerts.filter((id) => !distinct.has(id)).length,
      };
    });
    if (FULL !== null) {
      process.stderr.write(`The program was killed −9 ${kills.get('the program')} times.\n`);
      console.table(counts);
    }
    // Without kills, every check below would pass.
    expect(Object.fromEntries(kills)).toEqual({
      'the program': PROGRAM_KILLS,
      ...Object.fromEntries(mortal.map(({ channel }) => [channel, PEER_KILLS])),
    });
    for (const { channel, isOrdered, ids } of [...lines, ...received]) {
      const wanted =
        channel === 'smtp' && FULL === null ? alerts.filter((id) => coinOf(id) === coins[0]) : alerts;
      const distinct = [...new Set(ids)];
      expect(distinct.toSorted(), channel).toEqual(wanted.toSorted());
      if (isOrdered)
        expect(Object.fromEntries(byCoin(distinct)), channel).toEqual(Object.fromEntries(byCoin(wanted)));
    }
    // A line of a file is never repeated.
    expect(counts.slice(0, 2).map(({ repeats }) => repeats)).toEqual([0, 0]);
    expect(alerts.length).toBeGreaterThanOrEqual(ALERTS);
  } finally {
    await program?.end('SIGKILL');
    await market.close();
  }
}

/** Channels for all alerts to each peer, and to a file that is rotated often. */
function channelsOf(peers: readonly Peer[], coins: readonly string[]): readonly object[] {
  return [
    { id: 'rotated', kind: 'file', options: { path: 'rotated.txt', maxBytes: 5_000, keep: 1_000 } },
    ...peers.map(({ channel, kind, options }) => ({
      id: channel,
      kind,
      options,
      // At most ten mails a minute, as digests or, if there is no time for a digest, with alerts of one coin.
      ...(kind === 'email' &&
        (FULL === null ? { route: { coins: coins.slice(0, 1) } } : { digestMinutes: 1 })),
    })),
  ];
}

/** Kills a peer at times that are spread over the storm, and starts it again. */
async function killNowAndThen(
  peer: Peer,
  progress: () => number,
  killed: (channel: string) => void,
): Promise<void> {
  for (let kill = 0; kill < PEER_KILLS; kill++) {
    const moment = (kill + Math.random()) / PEER_KILLS;
    await until(() => progress() >= moment);
    await peer.kill();
    killed(peer.channel);
    await peer.restart();
  }
}

/** The alerts in a file and its rotated files, oldest first, as the parts of their ids that lines contain. */
function idsInFile(folder: string, name: string): readonly string[] {
  const numberOf = (file: string): number => Number(file.slice(name.length + 1) || 0);
  return readdirSync(folder)
    .filter((file) => file === name || file.startsWith(`${name}.`))
    .toSorted((a, b) => numberOf(b) - numberOf(a))
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n').slice(0, -1))
    .map((line) => {
      const [, time = '', coin = ''] = /^(\S+) - Alert: (\S+) /.exec(line) ?? [];
      return `${RULE.id}:coingecko:${coin}:usd:${Date.parse(time)}`;
    });
}

const coinOf = (id: string): string | undefined => id.split(':')[2];

/** The ids of each coin, in their order. */
const byCoin = (ids: readonly string[]) => Map.groupBy(ids, (id) => coinOf(id) ?? '');
