import { z } from 'zod';

/**
 * A secret with the server that it is for. What is kept goes nowhere else, whatever the settings name later: whoever can
 * change a setting could otherwise have it sent to a server of theirs.
 */
export type BoundSecret = {
  readonly secret: string;
  /** As `secret-target.ts` names it; null for one that an earlier version kept: it is for what the settings name now. */
  readonly target: string | null;
};

const keptSchema = z.strictObject({ secret: z.string(), target: z.string() });

/** The text to keep. Target and secret are kept as one, so that nobody who cannot read it can give it another target. */
export function bindSecret(secret: string, target: string): string {
  return JSON.stringify({ secret, target });
}

/** The inverse of `bindSecret`. A text that is none of its is the secret itself, as an earlier version kept it. */
export function readBoundSecret(kept: string): BoundSecret {
  const parsed = keptSchema.safeParse(parseJson(kept));
  return parsed.success ? parsed.data : { secret: kept, target: null };
}

/** Whether the secret may be sent to this server. */
export function isFor({ target }: BoundSecret, server: string): boolean {
  return target === null || target === server;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // an earlier version's
  }
}
