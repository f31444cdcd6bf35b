import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { SECRET_VARIABLES } from '../electron/monitor/secrets/from-environment.ts';
import { DEMO_SETTINGS_VARIABLE } from '../electron/monitor/settings/setting-sources.ts';
import { EXCHANGE_URL_VARIABLE } from '../electron/monitor/sources/exchanges/usable-exchanges.ts';
import { scaledClock } from '../electron/monitor/time/clock.ts';
import { CLOCK_VARIABLE } from '../electron/monitor/time/clock-from-environment.ts';
import { runApp } from '../scripts/app-host.ts';
import { buildIfNeeded } from '../scripts/build-if-needed.ts';
import { endWithNpm } from '../scripts/end-with-npm.ts';
import { startDemoServer } from './server.ts';

const MAX_SPEED = 3_600;

/** The market moves in steps of this many seconds. Polling twice as often observes each step. */
const MARKET_STEP_SECONDS = 10;
const POLL_SECONDS = 5;
/** How often each market of the exchanges trades. */
const TRADE_SECONDS = 1;

/** The variables without a secret that name a destination of prices or alerts, or connect the process with others. */
const DESTINATION_VARIABLES = [
  'MONITOR_ALERTS_FILE',
  'MONITOR_CHANNELS',
  'MONITOR_ARCHIVE_URL',
  'KINESIS_TICKS_STREAM_ARN',
  'MONITOR_ROLE',
] as const;

function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= MAX_SPEED))
    throw new InvalidArgumentError(`It must be above 0 and at most ${MAX_SPEED}.`);
  return value;
}

const command = new Command('demo')
  .description('Runs the app on a simulated market, with a temporary data folder.')
  .option('--speed <factor>', 'how fast time runs, as a factor', positiveNumber, 1)
  .option('--seed <text>', 'seed of the simulated market', 'demo')
  .option('--coins <ids>', 'coins of the simulated market, separated by commas')
  .option('--for <seconds>', 'exit after this many seconds', positiveNumber)
  .option('--port <port>', 'port of the page, without a desktop')
  .parse();
type Options = { speed: number; seed: string; coins?: string; port?: string; for?: number };
const { speed, seed, coins, port, for: seconds } = command.opts<Options>();

endWithNpm();
buildIfNeeded();
const origin = Date.now();
const dataDir = await mkdtemp(join(tmpdir(), 'crypto-price-monitor-demo-'));
const market = await startDemoServer({
  clock: scaledClock(speed, origin),
  seed,
  stepMs: MARKET_STEP_SECONDS * 1_000,
  tradeEveryMs: TRADE_SECONDS * 1_000,
});
try {
  const flags = port === undefined ? [] : ['--port', port];
  const env = {
    ...process.env,
    // Simulated prices and alerts must not go where the user's own go.
    ...Object.fromEntries(
      SECRET_VARIABLES.flatMap((name) => [
        [name, ''],
        [`${name}_FILE`, ''],
      ]),
    ),
    ...Object.fromEntries(DESTINATION_VARIABLES.map((name) => [name, ''])),
    [DEMO_SETTINGS_VARIABLE]: `COINGECKO_BASE_URL,MONITOR_POLL_SECONDS${coins === undefined ? '' : ',MONITOR_COINS'}`,
    COINGECKO_BASE_URL: market.url,
    MONITOR_DATA_DIR: dataDir,
    MONITOR_POLL_SECONDS: String(POLL_SECONDS),
    [EXCHANGE_URL_VARIABLE]: market.exchangeUrl,
    [CLOCK_VARIABLE]: `${speed}@${origin}`,
    ...(coins === undefined ? {} : { MONITOR_COINS: coins }),
  };
  const ended = seconds === undefined ? undefined : AbortSignal.timeout(seconds * 1_000);
  process.exitCode = await runApp(flags, env, ended);
} finally {
  await market.close();
  await rm(dataDir, { recursive: true, force: true });
}
