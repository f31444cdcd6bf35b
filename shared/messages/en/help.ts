/** The texts of `--help`. Those of commands begin with a verb; none ends with a full stop. */
export const helpTexts = {
  'help.program': () => 'Watches cryptocurrency prices, stores them in PostgreSQL, and raises alerts',
  'help.version': () => 'print the version',
  'help.help': () => 'print this help',
  'help.help-command': () => 'print the help of a command',
  'help.from-environment': (p: { help: string; variable: string }) =>
    `${p.help} (environment: ${p.variable})`,

  // Flags of several commands.
  'help.data-dir': () => 'where everything is stored',
  'help.coin': () => 'the coin, e.g. bitcoin',
  'help.format': () => 'how the result is printed',
  'help.from-past': () => 'ISO 8601 time, or how long before now: 7d, 12h',
  'help.to-past': () => 'ISO 8601 time, or how long before now (default: now)',
  'help.whole-day': () => 'ISO 8601 time; the whole UTC day counts',

  // Flags of the settings.
  'help.coins': () => 'CoinGecko coin ids, separated by commas',
  'help.vs-currency': () => 'quote currency',
  'help.poll-seconds': () => 'seconds between price requests',
  'help.database-url': () => 'your own PostgreSQL; empty for the embedded one',
  'help.archive-url': () => 'where old months go: a folder, s3://bucket/prefix or webhdfs://host:port/folder',
  'help.keep-ticks-days': () => 'how long ticks stay in the database',
  'help.keep-minutes-days': () => 'how long candles of minutes stay in the database',
  'help.max-database-gb': () => 'archive the oldest months above this size',
  'help.delete-without-archive': () => 'delete old months when there is no archive',
  'help.coingecko-url': () => 'base URL of the CoinGecko API, for a proxy',
  'help.exchanges': () => 'kraken, coinbase, binance in order, or none',
  'help.real-time': () => 'follow every trade on the exchanges',
  'help.alerts-file': () => 'where alerts are appended',
  'help.port': () => 'port of the browser host (127.0.0.1)',
  'help.log-level': () => 'trace, debug, info, warn, error or silent',

  'help.run': () => 'watch prices, write them to PostgreSQL, and write alerts to alerts.txt',
  'help.run.role': () =>
    'what this process does in an installation of several, joined by Kafka: feed, alert, store, deliver or serve, or several ' +
    'separated by commas',
  'help.run.ui': () => 'serve the page on 127.0.0.1 and print its URL',

  'help.channels': () => 'list the channels of the settings, or send a test alert',
  'help.channels.list': () =>
    'print each channel with its kind, and what is wrong with its settings; fail if any are invalid',
  'help.channels.test': () => 'send a test alert to a channel of the settings',
  'help.channels.schema': () => 'print the JSON Schema of the alerts that channels send to programs',

  'help.database-command': () =>
    'print the connection URL of the embedded PostgreSQL while the program runs, e.g. for psql',
  'help.migrate': () =>
    'create the tables in a database of your own, or update those of an earlier version, as their owner',

  'help.backtest': () =>
    'try a rule on stored prices: what it would have raised, and what it would have missed',
  'help.backtest.rule': () => 'the rule, as in `rules` of settings.json: {"kind": …, "params": {…}}',
  'help.backtest.source': () => 'the source of the ticks (default: the one with the most)',
  'help.backtest.on': () => 'the prices; candles go further back',
  'help.backtest.missed-pct': () => 'a move of more than this within an hour counts as missed',
  'help.backtest.checks': () => 'how often the run is cut and restarted to check the rule',
  'help.backtest.check': () => 'check it at every price: slow, for a rule kind of your own',

  'help.alerts': () => 'pause alerts, or mute those of a coin, a rule or a channel',
  'help.alerts.list': () => 'print the pause and what is muted, a JSON object in each line',
  'help.alerts.pause': () =>
    'deliver no alerts to people; they are recorded, and summarized when the pause is over',
  'help.alerts.resume': () => 'end the pause',
  'help.alerts.mute': () =>
    'deliver no alerts of a coin or a rule, or none to a channel; they are still recorded',
  'help.alerts.unmute': () => 'deliver them again',
  'help.alerts.coin': () => 'alerts of this coin',
  'help.alerts.rule': () => 'alerts of this rule',
  'help.alerts.channel': () => 'on this channel (default: all channels that people read)',
  'help.alerts.for': () => 'how long, e.g. 1h (default: until unmuted)',

  'help.rules': () => 'list, add, test and remove the rules of settings.json',
  'help.rules.list': () => 'print the rules, a JSON object in each line',
  'help.rules.add': () => 'add a rule: {"id": …, "kind": …, "params": {…}}',
  'help.rules.replace': () => 'replace the rule with the same id',
  'help.rules.test': () => 'run a rule of the settings on stored prices',
  'help.rules.solve': () =>
    'find the value of a parameter at which a rule raises the wanted number of alerts, on stored prices',
  'help.rules.remove': () => 'remove a rule',
  'help.rules.schema': () => 'print the JSON Schema of `rules`',
  'help.solve.param': () => 'the parameter to find, e.g. changePct',
  'help.solve.per-week': () => 'the wanted alerts per week, of all coins together',
  'help.solve.coins': () => 'the coins, e.g. bitcoin zcash',

  'help.watchlists': () => 'list, set and remove the watchlists of settings.json',
  'help.watchlists.list': () => 'print the watchlists, a JSON object in each line',
  'help.watchlists.set': () => 'add a watchlist, or replace its coins',
  'help.watchlists.remove': () => 'remove a watchlist',

  'help.export': () => 'write the stored data of a coin to standard output or a file, oldest first',
  'help.export.interval': () => 'of candles, such as 1m, 45m, 4h, 1d or 1w',
  'help.export.from': () => 'ISO 8601 time (default: the first that is stored)',
  'help.export.to': () => 'ISO 8601 time, exclusive (default: now)',
  'help.export.out': () => 'a file instead of standard output',

  'help.import': () =>
    'import ticks or candles into the database, from CSV, JSON or Parquet, or as exchanges offer them for download',
  'help.import.source': () =>
    'the name under which they are stored (default: import, or the sources that an exported file names)',
  'help.import.interval': () =>
    'length of the candles, such as 1m or 1h (default: detected from their times)',
  'help.import.format': () => 'format of the input (default: detected)',
  'help.import.refused': () => 'write every refused line with its reason to this file, as CSV',

  'help.archive': () => 'archive old months as Parquet, and list, check, restore and delete what is archived',
  'help.archive.from': () => 'months from that of this ISO 8601 time on (default: the first)',
  'help.archive.to': () => 'months that begin before this ISO 8601 time (default: all)',
  'help.archive.only': () => 'one kind instead of both',
  'help.archive.list': () => 'print the months that are archived or restored, a line each',
  'help.archive.run': () => 'archive the months that are due, now',
  'help.archive.dry-run': () => 'print what is due, and do nothing',
  'help.archive.verify': () =>
    'read each file of the archive, and print those that are not as they were written',
  'help.archive.restore': () => 'restore archived months to the database',
  'help.archive.keep-days': () => 'how long they stay there',
  'help.archive.adopt': () => 'register files of the archive in a database that has lost its records of them',
  'help.archive.prune': () => 'delete archived months permanently',
  'help.archive.before': () => 'months that ended before this ISO 8601 time',
  'help.archive.yes': () => 'delete them; without this flag, print what would be deleted',

  'help.backup': () =>
    'write the whole database and the settings, without secrets, to a file, a folder, S3 or HDFS, while the program runs or not',
  'help.backup.where': () => 'a file, an existing folder, s3://bucket/prefix or webhdfs://host:port/folder',
  'help.backup.list': () => 'print the complete backups of a place, a JSON object in each line',
  'help.backup.verify': () => 'read each file of a backup, and print those that are not as they were written',
  'help.backup.at': () => 'the backup of this name (default: the newest)',
  'help.restore': () => 'restore a backup into an empty database, while the program does not run',
  'help.restore.replace': () => 'delete what is in the database',

  'help.verify': () =>
    'compute the candles of whole days from their ticks, and the folded history of whole weeks, and compare them with what is stored',
  'help.verify.repair': () => 'write what is missing or different',
};
