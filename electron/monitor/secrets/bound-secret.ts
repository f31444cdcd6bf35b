import { z } from 'zod';

/**
 * A secret with the server that it is for. It is sent to no other server, whatever the settings name later: otherwise
 * anyone who can change a setting could have it sent to their own server.
 */
export type BoundSecret = {
  readonly secret: string;
  /** In the form of `secret-target.ts`; null for a secret that an earlier version stored: it is for what the settings name now. */
  readonly target: string | null;
};

const keptSchema = z.strictObject({ secret: z.string(), target: z.string() });

/** The text to store. Target and secret are one text, so that the target cannot be changed without reading the secret. */
export function bindSecret(secret: string, target: string): string {
  return JSON.stringify({ secret, target });
}

/** The inverse of `bindSecret`. Any other text is the secret itself, as earlier versions stored it. */
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
