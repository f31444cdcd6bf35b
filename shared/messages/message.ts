import { z } from 'zod';
import type { Nested } from './en/nested.ts';
import { en } from './en.ts';

/** What a translation has to have: a text for each code, made from the same parameters. */
export type Catalogue = typeof en;
export type MessageCode = keyof Catalogue;

/** A value as it is passed to `message`: where the text gets a nested text, a message. */
type Passed<Value> = Value extends Nested
  ? Message
  : Value extends readonly Nested[]
    ? readonly Message[]
    : Value;

type NoParams = Readonly<Record<never, never>>;

export type MessageParams<C extends MessageCode> =
  Parameters<Catalogue[C]> extends [infer P] ? { readonly [K in keyof P]: Passed<P[K]> } : NoParams;

declare const made: unique symbol;

/**
 * Something that is said to a user: what (`code`) and the facts (`params`), but in no language. Only `message` makes one, which
 * checks the parameters against the code. It is no union over the codes, because the compiler compares each member of a union with
 * each other one and gives up at a thousand.
 */
export type Message = {
  readonly code: MessageCode;
  readonly params: Readonly<Record<string, unknown>>;
  readonly [made]: true;
};

/** A message of one code. Without parameters where its text has none. */
export function message<C extends MessageCode>(
  code: C,
  ...[params]: Parameters<Catalogue[C]> extends [] ? [] : [params: MessageParams<C>]
): Message {
  return { code, params: params ?? {} } as Message;
}

/** The English text of one code: for titles, labels and buttons, which are shown where they are made. */
export const t = <C extends MessageCode>(
  code: C,
  ...params: Parameters<Catalogue[C]> extends [] ? [] : [params: MessageParams<C>]
): string => text(message(code, ...params));

/** Words from outside that no catalogue has: PostgreSQL's, the operating system's, a provider's. */
export const verbatim = (words: string): Message => message('verbatim', { text: words });

/**
 * A message as it crosses a wire or lies in a file. The code may be one that this version does not know and the parameters
 * may be others than it expects: both come from a newer or an older program. `text` copes with that.
 */
export const messageSchema = z.object({
  code: z.string(),
  params: z.record(
    z.string(),
    z.lazy(() => paramSchema),
  ),
}) as unknown as z.ZodType<Message>;

const scalarSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const paramSchema: z.ZodType<unknown> = z.union([
  scalarSchema,
  messageSchema,
  z.array(z.union([scalarSchema, messageSchema])),
]);

/** The text of a message, by default in English. Of a code that the catalogue does not have, the code. */
export function text({ code, params }: Message, catalogue: Catalogue = en): string {
  if (!Object.hasOwn(catalogue, code)) return code;
  const inWords = Object.fromEntries(
    Object.entries(params).map(([name, value]: [string, unknown]) => [name, inText(value, catalogue)]),
  );
  const render = catalogue[code] as (params: Readonly<Record<string, unknown>>) => string;
  try {
    return render(inWords);
  } catch {
    return code; // the parameters are those of another version
  }
}

function inText(value: unknown, catalogue: Catalogue): unknown {
  if (Array.isArray(value)) return value.map((each) => inText(each, catalogue));
  return isMessage(value) ? text(value, catalogue) : value;
}

const isMessage = (value: unknown): value is Message =>
  typeof value === 'object' && value !== null && 'code' in value && 'params' in value;

/** The same message with every text among its parameters replaced: to take secrets out of it. */
export function mapTexts({ code, params }: Message, replace: (words: string) => string): Message {
  const map = (value: unknown): unknown => {
    if (typeof value === 'string') return replace(value);
    if (Array.isArray(value)) return value.map(map);
    return isMessage(value) ? mapTexts(value, replace) : value;
  };
  const mapped = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, map(value)]));
  // Each parameter keeps its type.
  return { code, params: mapped } as Message;
}
