import type { Duplex } from 'node:stream';
import { Client, type ClientConfig } from 'pg';

/** What `pg` has inside of a client, and leaves out of its types. */
type WireConnection = {
  readonly stream: Duplex;
  /** Reads the server's messages from now on, with the listeners that it adds to the stream. */
  attachListeners(stream: Pick<Duplex, 'on'>): void;
  /** Begins TLS, in a listener of the stream. */
  upgradeToSSL(...args: unknown[]): void;
};

/**
 * A client of `pg` whose connection fails when what the server sends cannot be read. `pg` itself throws in a listener of
 * the socket then, where nobody can catch it, and the program would end: a server that asks for GSSAPI or SSPI is enough.
 */
export class GuardedClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    guard((this as unknown as { readonly connection: WireConnection }).connection);
  }
}

function guard(connection: WireConnection): void {
  const { attachListeners, upgradeToSSL } = connection;
  const orFail = (work: () => void): void => {
    try {
      work();
    } catch (cause) {
      // The stream is that of TLS when there is one: `pg` puts it in the place of the socket.
      connection.stream.destroy(new Error(wordsFor(cause), { cause }));
    }
  };
  connection.attachListeners = (stream) => {
    const on = (event: string, listener: (...args: unknown[]) => void): unknown =>
      stream.on(event, event === 'data' ? (...args: unknown[]) => orFail(() => listener(...args)) : listener);
    attachListeners.call(connection, { on } as Pick<Duplex, 'on'>);
  };
  connection.upgradeToSSL = (...args) => orFail(() => upgradeToSSL.apply(connection, args));
}

/** https://www.postgresql.org/docs/current/protocol-message-formats.html: AuthenticationKerberosV5, GSS, SSPI. */
const UNSUPPORTED_AUTHENTICATION = /authenticationOk message type (2|7|9)$/;

function wordsFor(cause: unknown): string {
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (UNSUPPORTED_AUTHENTICATION.test(reason)) {
    return (
      'The connection was ended: the server asks for Kerberos, GSSAPI or SSPI, which is not supported. ' +
      'Allow scram-sha-256 for this user in its pg_hba.conf.'
    );
  }
  return `The connection was ended: what the server sends is not what PostgreSQL sends (${reason}). Check the address.`;
}
