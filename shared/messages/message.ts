import { z } from 'zod';
import type { Nested } from './en/nested.ts';
import { en } from './en.ts';

/** The texts of one language: for each code, a function of the same parameters. */
export type Catalogue = typeof en;
export type MessageCode = keyof Catalogue;

/** The type of a parameter when it is passed to `message`: a message where the text receives the text of one. */
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
 * A message to the user, independent of the language: a code and its parameters. Only `message` creates one, and checks the
 * parameters against the code. The type is not a union over the codes, because the compiler compares all members of a union with
 * each other and gives up at a thousand.
 */
export type Message = {
  readonly code: MessageCode;
  readonly params: Readonly<Record<string, unknown>>;
  readonly [made]: true;
};

/** Creates a message. A code whose text has no parameters takes none. */
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

/** A text from outside of the program as a message, for example PostgreSQL's, the operating system's or a provider's. */
export const verbatim = (words: string): Message => message('verbatim', { text: words });

/**
 * A transferred or stored message. It may come from a newer or an older program, with a code that this version does not know or with
 * other parameters; `text` handles both.
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

/** The text of a message, by default in English; the code if the catalogue does not contain it. */
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

/** Applies a function to every text among the parameters of a message, for example to remove secrets. */
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
