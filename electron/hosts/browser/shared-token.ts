import type { Logger } from '../../monitor/logging/logger.ts';
import type { Clock } from '../../monitor/time/clock.ts';

/** How often a process offers its token again, which restores a lost one. */
const SHARE_EVERY_MS = 10_000;

/** The tokens that admit browsers to one of several processes. */
export type SharedToken = {
  /** The shared token first. */
  tokens(): readonly string[];
  stop(): void;
};

export type SharedTokenOptions = {
  /** The token of this process. */
  readonly own: string;
  /** Offers a token to the other processes and resolves with the one that all accept; null while that is unknown. */
  readonly share: (token: string) => Promise<string | null>;
  /** Stores the shared token, for a start while the other processes are unreachable. */
  readonly keep: (token: string) => void;
  readonly clock: Clock;
  readonly log: Logger;
};

/** Agrees with the other processes on a token. The process's own token stays valid, so that open pages keep their access. */
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
