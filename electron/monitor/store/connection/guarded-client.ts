import type { Duplex } from 'node:stream';
import { Client, type ClientConfig } from 'pg';
import { type Message, message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';

/** Internals of a `pg` client that its types omit. */
type WireConnection = {
  readonly stream: Duplex;
  /** Adds listeners to the stream that read the server's messages. */
  attachListeners(stream: Pick<Duplex, 'on'>): void;
  /** Starts TLS, in a listener of the stream. */
  upgradeToSSL(...args: unknown[]): void;
};

/**
 * A `pg` client whose connection fails when the server sends an unreadable message. `pg` itself would throw in a
 * listener of the socket, where the exception cannot be caught and ends the program; a server that requires GSSAPI or
 * SSPI is enough.
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
      // With TLS, `pg` replaces the socket by the TLS stream.
      connection.stream.destroy(new MessageError(failureMessage(cause), { cause }));
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

function failureMessage(cause: unknown): Message {
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (UNSUPPORTED_AUTHENTICATION.test(reason)) {
    return message('database.authentication-unsupported');
  }
  return message('database.not-postgres', { reason });
}
