import type { ExchangeId } from '../../shared/settings/settings.ts';
import type { Query } from '../endpoints/query.ts';
import type { ExchangeEndpoint } from '../faults.ts';
import type { Pair } from './pairs.ts';
import type { TapeTrade } from './trade-tape.ts';

/** The formats of one exchange. Each simulated exchange is one dialect. */
export type Dialect = {
  /** The path segment below `/exchange/`. */
  readonly id: ExchangeId;
  readonly routes: readonly DialectRoute[];
  readonly socket: SocketDialect;
};

export type DialectRoute = {
  readonly endpoint: ExchangeEndpoint;
  /** @param name the part of the path that matches `{…}` */
  reply(query: Query, name: string): unknown;
};

/** A client of a WebSocket. */
export type Connection = {
  /** The markets whose trades it receives. */
  readonly followed: Set<Pair>;
  /** Its other subscriptions. */
  readonly channels: Set<string>;
  send(message: unknown): void;
  /** Sends what follows a subscription, immediately or when `holdSnapshots` releases it. */
  sendAfterSubscribe(send: () => void): void;
  /** Counts up from 0 with each call, for exchanges that number their messages. */
  count(): number;
  /** Beats since the last message to the client. */
  quietBeats(): number;
  end(): void;
};

export type SocketDialect = {
  /** The path of the WebSocket below the exchange's segment. */
  readonly path: RegExp;
  opened(connection: Connection): void;
  /** Handles a message of the client: any JSON. */
  received(connection: Connection, message: unknown): void;
  /** Sends trades of followed markets, oldest first, as they are made. */
  traded(connection: Connection, trades: readonly TapeTrade[]): void;
  /** Called each second of real time, with the number of the second. */
  beat(connection: Connection, number: number): void;
};

/**
 * The part of a path that matches an endpoint's `{…}`; '' for an endpoint without one, and null when the path does
 * not match.
 */
export function matchPath(endpoint: string, path: string): string | null {
  const [before = '', after] = endpoint.split(/\{[^}]*\}/);
  if (after === undefined) return path === before ? '' : null;
  if (!path.startsWith(before) || !path.endsWith(after)) return null;
  const name = path.slice(before.length, path.length - after.length);
  return name === '' || name.includes('/') ? null : name;
}
