import { DatabaseError, type PoolConfig } from 'pg';
import type { SessionKind } from '../../../../shared/settings/connection-parameters.ts';
import { type ConnectionTarget, describeConnectionError, isUnreachable } from './connection-error.ts';
import type { ConnectionPlan } from './connection-plan.ts';
import { GuardedClient } from './guarded-client.ts';
import { passwordFromFile } from './password-file.ts';
import type { TlsAttempt } from './tls-attempts.ts';

/** A server that lets us in, and how it is connected to. */
export type FoundServer = { readonly target: ConnectionTarget; readonly config: PoolConfig };

/** None of the servers lets us in. The message says of each why, for the user. */
export class NoServer extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NoServer';
  }
}

/**
 * Tries the servers of a plan in order, each in the ways that `sslmode` allows, until one lets us in that is of the kind
 * that is wanted. As libpq does it, a server that refuses the user ends the search.
 *
 * @throws NoServer when there is none; the signal's reason when it aborts
 */
export async function findServer(plan: ConnectionPlan, signal: AbortSignal): Promise<FoundServer> {
  const complaints: string[] = [];
  let cause: unknown;
  for (const isWanted of passesFor(plan.sessionKind)) {
    for (const target of plan.targets) {
      const attempts = plan.tls(target);
      for (const [index, tls] of attempts.entries()) {
        const config = configOf(plan, target, tls);
        try {
          if (await isOfKind(config, isWanted, signal)) return { target, config };
          complaints.push(`The database at ${target.host}, port ${target.port} is not ${plan.sessionKind}.`);
          break;
        } catch (error) {
          signal.throwIfAborted();
          cause = error;
          const mayTryOtherwise = index < attempts.length - 1 && mayDifferByTls(error, tls);
          if (!mayTryOtherwise || !isTlsNotOffered(error))
            complaints.push(describeConnectionError(error, target));
          if (mayTryOtherwise) continue;
          if (isRefusedUser(error)) throw new NoServer([...new Set(complaints)].join(' '), { cause });
          break;
        }
      }
    }
  }
  throw new NoServer([...new Set(complaints)].join(' '), { cause });
}

type IsWanted = (server: { readonly is_standby: boolean; readonly is_read_only: boolean }) => boolean;

/** What `target_session_attrs` wants, as libpq documents it; of `prefer-standby`, any server in a second pass. */
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
  // What goes wrong is told by the calls below.
  client.on('error', () => undefined);
  const aborted = Promise.withResolvers<never>();
  const cut = (): void => {
    client.end().catch(() => undefined);
    aborted.reject(signal.reason);
  };
  signal.addEventListener('abort', cut, { once: true });
  try {
    await Promise.race([client.connect(), aborted.promise]);
    if (isWanted === null) return true;
    const { rows } = await Promise.race([
      client.query<{ is_standby: boolean; is_read_only: boolean }>(KIND),
      aborted.promise,
    ]);
    return rows[0] !== undefined && isWanted(rows[0]);
  } finally {
    signal.removeEventListener('abort', cut);
    client.end().catch(() => undefined);
  }
}

function configOf(plan: ConnectionPlan, target: ConnectionTarget, tls: TlsAttempt): PoolConfig {
  return {
    ...target,
    password: plan.password ?? (() => passwordFromFile(target)),
    ssl: tls,
    sslnegotiation: plan.sslNegotiation,
    application_name: plan.applicationName,
    connectionTimeoutMillis: plan.timeoutMs,
    // Of the one question that is asked here; a pool has its own.
    query_timeout: plan.timeoutMs,
  };
}

/**
 * Whether the same server may answer otherwise with or without TLS: it chooses by that whom it lets in, and how. A pooler
 * that wants TLS says so by an error of the protocol (08P01).
 */
function mayDifferByTls(error: unknown, tls: TlsAttempt): boolean {
  if (error instanceof DatabaseError) return isRefusedUser(error) || error.code === '08P01';
  return tls !== false && !isUnreachable(error);
}

function isRefusedUser(error: unknown): boolean {
  return error instanceof DatabaseError && (error.code ?? '').startsWith('28');
}

function isTlsNotOffered(error: unknown): boolean {
  return error instanceof Error && error.message === 'The server does not support SSL connections';
}
