import { DatabaseError, type PoolConfig } from 'pg';
import { type Message, message, text } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';
import type { SessionKind } from '../../../../shared/settings/connection-parameters.ts';
import { type ConnectionTarget, connectionMessage, isUnreachable } from './connection-error.ts';
import type { ConnectionPlan } from './connection-plan.ts';
import { GuardedClient } from './guarded-client.ts';
import { passwordFromPgpass } from './pgpass-password.ts';
import type { TlsAttempt } from './tls-attempts.ts';

/** A server that accepts connections, with the configuration for it. */
export type FoundServer = { readonly target: ConnectionTarget; readonly config: PoolConfig };

/** No server of the plan accepts connections. The message gives the reason for each one. */
export class NoUsableServer extends MessageError {
  constructor(reasons: readonly Message[], options?: ErrorOptions) {
    const of = [...new Map(reasons.map((reason) => [text(reason), reason])).values()];
    super(message('sentences', { of }), options);
    this.name = 'NoUsableServer';
  }
}

/**
 * Tries the servers of a plan in order, each with the TLS modes that `sslmode` allows, until one of the requested
 * kind accepts the connection. As in libpq, a server that rejects the user ends the search.
 *
 * @throws NoUsableServer when there is none; the signal's reason when it aborts
 */
export async function findServer(plan: ConnectionPlan, signal: AbortSignal): Promise<FoundServer> {
  const reasons: Message[] = [];
  let cause: unknown;
  for (const isWanted of passesFor(plan.sessionKind)) {
    for (const target of plan.targets) {
      const attempts = plan.tls(target);
      for (const [index, tls] of attempts.entries()) {
        const config = configOf(plan, target, tls);
        try {
          if (await isOfKind(config, isWanted, signal)) return { target, config };
          const { host, port } = target;
          reasons.push(message('database.other-kind', { host, port, kind: plan.sessionKind }));
          break;
        } catch (error) {
          signal.throwIfAborted();
          cause = error;
          const mayRetry = index < attempts.length - 1 && mayDependOnTls(error, tls);
          if (!mayRetry || !isTlsNotOffered(error)) reasons.push(connectionMessage(error, target));
          if (mayRetry) continue;
          if (isRefusedUser(error)) throw new NoUsableServer(reasons, { cause });
          break;
        }
      }
    }
  }
  throw new NoUsableServer(reasons, { cause });
}

type IsWanted = (server: { readonly is_standby: boolean; readonly is_read_only: boolean }) => boolean;

/**
 * The checks for `target_session_attrs`, as documented for libpq; `prefer-standby` accepts any server in a second
 * pass.
 */
function passesFor(kind: SessionKind): readonly (IsWanted | null)[] {
  switch (kind) {
    case 'any':
      return [null];
    case 'read-write':
      return [({ is_read_only }) => !is_read_only];
    case 'read-only':
      return [({ is_read_only }) => is_read_only];
    case 'primary':
      return [({ is_standby }) => !is_standby];
    case 'standby':
      return [({ is_standby }) => is_standby];
    case 'prefer-standby':
      return [({ is_standby }) => is_standby, null];
  }
}

const KIND = `
  select pg_is_in_recovery() as is_standby, current_setting('transaction_read_only') = 'on' as is_read_only`;

async function isOfKind(
  config: PoolConfig,
  isWanted: IsWanted | null,
  signal: AbortSignal,
): Promise<boolean> {
  signal.throwIfAborted();
  const client = new GuardedClient(config);
  // Errors are reported by the calls below.
  client.on('error', () => undefined);
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => {
    client.end().catch(() => undefined);
    aborted.reject(signal.reason);
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    await Promise.race([client.connect(), aborted.promise]);
    if (isWanted === null) return true;
    const { rows } = await Promise.race([
      client.query<{ is_standby: boolean; is_read_only: boolean }>(KIND),
      aborted.promise,
    ]);
    return rows[0] !== undefined && isWanted(rows[0]);
  } finally {
    signal.removeEventListener('abort', abort);
    client.end().catch(() => undefined);
  }
}

function configOf(plan: ConnectionPlan, target: ConnectionTarget, tls: TlsAttempt): PoolConfig {
  return {
    ...target,
    password: plan.password ?? (() => passwordFromPgpass(target)),
    ssl: tls,
    sslnegotiation: plan.sslNegotiation,
    application_name: plan.applicationName,
    connectionTimeoutMillis: plan.timeoutMs,
    // Timeout of the one query that is run here; the pool sets its own.
    query_timeout: plan.timeoutMs,
  };
}

/**
 * Whether the same server may respond differently with or without TLS: pg_hba.conf rules may depend on it. A pooler
 * that requires TLS reports a protocol error (08P01).
 */
function mayDependOnTls(error: unknown, tls: TlsAttempt): boolean {
  if (error instanceof DatabaseError) return isRefusedUser(error) || error.code === '08P01';
  return tls !== false && !isUnreachable(error);
}

function isRefusedUser(error: unknown): boolean {
  return error instanceof DatabaseError && (error.code ?? '').startsWith('28');
}

function isTlsNotOffered(error: unknown): boolean {
  return error instanceof Error && error.message === 'The server does not support SSL connections';
}
