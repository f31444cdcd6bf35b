import { type PrettyOptions, prettyFactory } from 'pino-pretty';
import { z } from 'zod';
import { createRepeats } from './repeats.ts';

/** The fields of a log line that are interpreted; all others are printed unchanged. */
const entrySchema = z.looseObject({
  level: z.string(),
  time: z.string(),
  msg: z.string().default(''),
  err: z.looseObject({ message: z.string(), cause: z.unknown().optional() }).optional(),
});
type Entry = z.infer<typeof entrySchema>;
const causeSchema = z.looseObject({ message: z.string(), cause: z.unknown().optional() });

/**
 * Writes the log for a terminal: one readable line per event, without repetitions of the same failure. With details, an
 * event has its error's stack and all its fields on separate lines, and nothing is omitted.
 *
 * @param write receives whole lines
 * @returns a function that takes lines of JSON, in which errors have their causes as `cause`
 */
export function createTerminalLog(
  write: (text: string) => void,
  { withDetails, inColor }: { readonly withDetails: boolean; readonly inColor: boolean },
): (line: string) => void {
  const pretty = prettyFactory({
    colorize: inColor,
    translateTime: 'SYS:HH:MM:ss',
    levelFirst: false,
    ...(withDetails ? {} : ONE_LINE),
  });
  const repeats = createRepeats();
  return (line) => {
    const parsed = entrySchema.safeParse(JSON.parse(line));
    // An event of another shape is printed unchanged: the log itself must not fail.
    if (withDetails || !parsed.success) return write(pretty(line));
    const entry = parsed.data;
    const times = repeats.count(failureOf(entry), Date.parse(entry.time));
    if (times !== null) write(pretty({ ...entry, times: times > 1 ? times : undefined }));
  };
}

const ONE_LINE: PrettyOptions = {
  hideObject: true,
  messageFormat: (log) => {
    const parsed = entrySchema.safeParse(log);
    if (!parsed.success) return JSON.stringify(log);
    const entry = parsed.data;
    const error = entry.err === undefined ? '' : `: ${reasonOf(entry.err)}`;
    const fields = fieldsOf(entry);
    return `${entry.msg}${error}${fields === '' ? '' : ` (${fields})`}`.replaceAll(/\s*\n\s*/g, ' ');
  },
};

/** Short fields that neither the message nor the error contains. */
function fieldsOf({ level: _, time: __, msg: ___, err: ____, times, ...fields }: Entry): string {
  const read = Object.entries(fields).flatMap(([name, value]) =>
    ['string', 'number', 'boolean'].includes(typeof value) ? [`${name} ${String(value)}`] : [],
  );
  if (typeof times === 'number') read.push(`${times} times since it was last shown`);
  return read.join(', ');
}

/** The error's message, and its root cause when the message does not contain it. */
function reasonOf(error: z.infer<typeof causeSchema>): string {
  let bottom = error;
  for (let cause = causeSchema.safeParse(error.cause); cause.success; ) {
    bottom = cause.data;
    cause = causeSchema.safeParse(bottom.cause);
  }
  if (error.message.includes(bottom.message)) return error.message;
  return `${error.message.replace(/[.:]$/, '')}: ${bottom.message}`;
}

/** A key that equal failures share, without delays and counts. Null for an event that is not a failure. */
function failureOf({ level, msg, err }: Entry): string | null {
  if (err === undefined && level === 'info') return null;
  return `${msg}\n${err === undefined ? '' : reasonOf(err)}`.replaceAll(/\d+/g, '#');
}
