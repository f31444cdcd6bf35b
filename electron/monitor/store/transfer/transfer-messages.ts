import type { ExportChoice, ImportChoice, ImportState } from '../../../../shared/domain/transfer.ts';
import type { Message } from '../../../../shared/messages/message.ts';

/** The input of a transfer worker. */
export type TransferInput = {
  /** Includes the password. */
  readonly databaseUrl: string;
  readonly vsCurrency: string;
  /** The environment for opening archives; see `openTarget`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder for files that are written before they are sent; the next transfer removes any that this one leaves. */
  readonly folder: string;
  readonly job:
    | { readonly type: 'export'; readonly choice: ExportChoice }
    | { readonly type: 'import'; readonly choice: ImportChoice }
    | ({ readonly type: 'backup' } & BackedUp);
};

/** What a backup contains besides the database. */
export type BackedUp = {
  /** Without secrets; null if they cannot be read. */
  readonly settings: string | null;
  readonly programVersion: string;
};

/**
 * Messages to the worker. An export sends one chunk for each `more`. An import receives the chunks of its file, each after an
 * `acknowledged` for the previous one, and `end` after the last. `stop` ends both.
 */
export type ToWorker =
  | { readonly kind: 'more' }
  | { readonly kind: 'chunk'; readonly bytes: Uint8Array }
  | { readonly kind: 'end' }
  | { readonly kind: 'stop' };

/** Messages from the worker. The last one is `end`. */
export type FromWorker =
  | { readonly kind: 'chunk'; readonly bytes: Uint8Array }
  | { readonly kind: 'percent'; readonly percent: number }
  | { readonly kind: 'acknowledged' }
  | { readonly kind: 'progress'; readonly state: ImportState }
  | { readonly kind: 'end'; readonly failure: Message | null };
