import { asSentence } from '../../../../shared/format/as-sentence.ts';

/** `2026-11-26 15:04:05.678 UTC [4711] FATAL:  …`, or `postgres: …` before logging starts. */
const PREFIX = /^(?:.*? \[\d+\] (?=[A-Z]+: )|postgres: )/;
const SEVERITY = /^(?:FATAL|PANIC|ERROR): +/;
const MORE = /^(?:DETAIL|HINT): +/;

/**
 * Extracts why a PostgreSQL server exited from the end of its log: the last error with its detail and hint or,
 * without one, the whole output.
 */
export function lastServerError(log: string): string {
  const lines = log.split('\n').map((line) => line.replace(PREFIX, '').trim());
  const last = lines.findLastIndex((line) => SEVERITY.test(line));
  if (last === -1) return lines.filter((line) => line !== '').join(' ');
  const more = lines.slice(last + 1);
  const end = more.findIndex((line) => !MORE.test(line));
  return [lines[last] ?? '', ...more.slice(0, end === -1 ? undefined : end)]
    .map((line) => asSentence(line.replace(SEVERITY, '').replace(MORE, '')))
    .join(' ');
}
