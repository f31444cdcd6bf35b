import type { Logger } from '../../monitor/logging/logger.ts';
import type { Clock } from '../../monitor/time/clock.ts';

/** A process that offers its token again puts it back where it was lost. */
const SHARE_EVERY_MS = 10_000;

/** The tokens that admit browsers to one of several processes. */
export type SharedToken = {
  /** The shared one first. */
  tokens(): readonly string[];
  stop(): void;
};

export type SharedTokenOptions = {
  /** The token of this process. */
  readonly own: string;
  /** Offers a token to the other processes and resolves with the one that all accept; null while that is unknown. */
  readonly share: (token: string) => Promise<string | null>;
  /** Keeps the shared token, for a start at which the others cannot be asked. */
  readonly keep: (token: string) => void;
  readonly clock: Clock;
  readonly log: Logger;
};

/** Agrees with the other processes on a token. The process's own goes on admitting: pages that have it stay. */
export async function openSharedToken(options: SharedTokenOptions): Promise<SharedToken> {
  const { own, share, keep, clock, log } = options;
  const stopping = new AbortController();
  let tokens: readonly string[] = [own];

  const agree = async (): Promise<void> => {
    const [current = own] = tokens;
    const shared = await share(current);
    if (shared === null || shared === current) return;
    tokens = [shared, ...tokens.filter((token) => token !== shared)];
    log.info('browsers are admitted with the token of the other processes');
    try {
      keep(shared);
    } catch (err) {
      log.warn({ err }, 'the token of the other processes could not be kept');
    }
  };
  await agree();
  const agreeRegularly = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await clock.sleep(SHARE_EVERY_MS, stopping.signal);
      await agree();
    }
  };
  agreeRegularly().catch(() => undefined); // stopped

  return { tokens: () => tokens, stop: () => stopping.abort() };
}
