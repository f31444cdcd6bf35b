import type { ExchangeId } from '../../shared/settings/settings.ts';
import type { Query } from '../answers/query.ts';
import type { ExchangeEndpoint } from '../faults.ts';
import type { Pair } from './pairs.ts';
import type { TapeTrade } from './trade-tape.ts';

/** How an exchange words what holds on all of them. Another exchange is one more of these. */
export type Dialect = {
  /** The folder below `/exchange/` at which it is served. */
  readonly id: ExchangeId;
  readonly routes: readonly DialectRoute[];
  readonly socket: SocketDialect;
};

export type DialectRoute = {
  readonly endpoint: ExchangeEndpoint;
  /** @param name what stands in the path in the place of `{…}` */
  answer(query: Query, name: string): unknown;
};

/** A client of a WebSocket. */
export type Connection = {
  /** The markets whose trades it is told. */
  readonly followed: Set<Pair>;
  /** What else it has subscribed to. */
  readonly channels: Set<string>;
  say(message: unknown): void;
  /** Says what answers a subscription, at once or when the exchange gets to it. */
  sayLate(say: () => void): void;
  /** 0, 1, 2 and so on with each call, for exchanges that number their messages. */
  count(): number;
  /** How many beats ago something was said. */
  quietBeats(): number;
  end(): void;
};

export type SocketDialect = {
  /** The path of the WebSocket below the exchange's folder. */
  readonly path: RegExp;
  opened(connection: Connection): void;
  /** Reads a message of the client: JSON of any form. */
  heard(connection: Connection, message: unknown): void;
  /** Tells trades that the client follows, oldest first, as they are made. */
  traded(connection: Connection, trades: readonly TapeTrade[]): void;
  /** Called each second of real time, with the number of the second. */
  beat(connection: Connection, number: number): void;
};

/**
 * What stands in a path in the place of an endpoint's `{…}`; '' for an endpoint without one, and null where they do not
 * match.
 */
export function matchPath(endpoint: string, path: string): string | null {
  const [before = '', after] = endpoint.split(/\{[^}]*\}/);
  if (after === undefined) return path === before ? '' : null;
  if (!path.startsWith(before) || !path.endsWith(after)) return null;
  const name = path.slice(before.length, path.length - after.length);
  return name === '' || name.includes('/') ? null : name;
}
