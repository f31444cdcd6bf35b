import { type PrettyOptions, prettyFactory } from 'pino-pretty';
import { z } from 'zod';
import { createRepeats } from './repeats.ts';

/** What is looked at in a line of the log; the rest is shown as it is. */
const entrySchema = z.looseObject({
  level: z.string(),
  time: z.string(),
  msg: z.string().default(''),
  err: z.looseObject({ message: z.string(), cause: z.unknown().optional() }).optional(),
});
type Entry = z.infer<typeof entrySchema>;
const causeSchema = z.looseObject({ message: z.string(), cause: z.unknown().optional() });

/**
 * Writes the log's lines for a person: one readable line an event, the same failure not over and over. With details, an
 * event has its error's stack and all its fields on lines of their own, and nothing is left out.
 *
 * @param write gets whole lines
 * @returns a function that takes lines of JSON, in which errors have their causes as `cause`
 */
export function createTerminalLog(
  write: (text: string) => void,
  { withDetails, inColour }: { readonly withDetails: boolean; readonly inColour: boolean },
): (line: string) => void {
  const pretty = prettyFactory({
    colorize: inColour,
    translateTime: 'SYS:HH:MM:ss',
    levelFirst: false,
    ...(withDetails ? {} : ONE_LINE),
  });
  const repeats = createRepeats();
  return (line) => {
    const parsed = entrySchema.safeParse(JSON.parse(line));
    // An event of another shape is shown as it is: the log is the last that may fail.
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

/** What the message and the error do not say, and what a person can read in passing. */
function fieldsOf({ level: _, time: __, msg: ___, err: ____, times, ...fields }: Entry): string {
  const read = Object.entries(fields).flatMap(([name, value]) =>
    ['string', 'number', 'boolean'].includes(typeof value) ? [`${name} ${String(value)}`] : [],
  );
  if (typeof times === 'number') read.push(`${times} times since it was last shown`);
  return read.join(', ');
}

/** The error's message, and the reason at the bottom of it where the message does not say that. */
function reasonOf(error: z.infer<typeof causeSchema>): string {
  let bottom = error;
  for (let cause = causeSchema.safeParse(error.cause); cause.success; ) {
    bottom = cause.data;
    cause = causeSchema.safeParse(bottom.cause);
  }
  if (error.message.includes(bottom.message)) return error.message;
  return `${error.message.replace(/[.:]$/, '')}: ${bottom.message}`;
}

/** What makes two failures the same one: delays and counts in it differ. Null for an event that is no failure. */
function failureOf({ level, msg, err }: Entry): string | null {
  if (err === undefined && level === 'info') return null;
  return `${msg}\n${err === undefined ? '' : reasonOf(err)}`.replaceAll(/\d+/g, '#');
}
