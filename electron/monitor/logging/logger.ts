import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';
import type { Settings } from '../../../shared/settings/settings.ts';
import { createTerminalLog } from './terminal-log.ts';

export type Logger = PinoLogger;

/**
 * The program's log: one JSON object a line, or readable lines if standard error is a terminal. Fields that may hold a secret are
 * never written.
 *
 * @param output where lines go; standard error by default, because results go to standard output
 */
export function createLogger(level: Settings['logLevel'], output: LogOutput = standardError(level)): Logger {
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
      ...(output.isForPeople ? { serializers: { err: pino.stdSerializers.errWithCause } } : {}),
    },
    output,
  );
}

/** Receives lines of JSON. */
export type LogOutput = DestinationStream & {
  /** Whether errors are passed with their causes as separate fields rather than in the message. */
  readonly isForPeople?: true;
};

/** How much is buffered while the log cannot be written; anything beyond is dropped. */
const MAX_UNWRITTEN_BYTES = 1_024 * 1_024;

function standardError(level: Settings['logLevel']): LogOutput {
  const stream = pino.destination({ dest: 2, sync: true, maxLength: MAX_UNWRITTEN_BYTES });
  // The disk is full or the terminal was closed: without a listener, the call that logs would throw.
  stream.on('error', () => undefined);
  if (!process.stderr.isTTY) return stream;
  const withDetails = level === 'debug' || level === 'trace';
  // https://no-color.org
  const inColor = !process.env.NO_COLOR && process.env.TERM !== 'dumb';
  return {
    write: createTerminalLog((text) => stream.write(text), { withDetails, inColor }),
    isForPeople: true,
  };
}

/** A log that drops everything, for tests. */
export const silentLog: Logger = pino({ level: 'silent' });
