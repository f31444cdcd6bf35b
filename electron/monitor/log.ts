import { type DestinationStream, type Logger, pino } from 'pino';
import type { Settings } from '../../shared/settings.ts';

export type Log = Logger;

/**
 * The program's log: one JSON object a line. Fields that may hold a secret are never written.
 *
 * @param destination where lines go; standard error by default, because results go to standard output
 */
export function createLog(level: Settings['logLevel'], destination?: DestinationStream): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: ['apiKey', 'password', 'databaseUrl', '*.apiKey', '*.password', '*.databaseUrl'],
        censor: '***',
      },
      formatters: { level: (label) => ({ level: label }) },
    },
    destination ?? pino.destination({ dest: 2, sync: true }),
  );
}

/** A log that drops everything, for tests that look at behaviour. */
export const silentLog: Log = pino({ level: 'silent' });
