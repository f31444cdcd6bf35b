import type { ExportChoice, ImportChoice, ImportState } from '../../../../shared/domain/transfer.ts';
import type { Message } from '../../../../shared/messages/message.ts';

/** What a worker of a transfer starts with. */
export type TransferInput = {
  /** With its password. */
  readonly databaseUrl: string;
  readonly vsCurrency: string;
  /** What archives are opened with, see `openTarget`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For what is written before it is sent; the next transfer removes what this one leaves. */
  readonly folder: string;
  readonly job:
    | { readonly type: 'export'; readonly choice: ExportChoice }
    | { readonly type: 'import'; readonly choice: ImportChoice }
    | ({ readonly type: 'backup' } & BackedUp);
};

/** What a backup has beside the database. */
export type BackedUp = {
  /** Without secrets; null where they cannot be read. */
  readonly settings: string | null;
  readonly programVersion: string;
};

/**
 * To the worker. An export sends a chunk for each `more`. An import is sent the chunks of its file, each when the one before was
 * taken, and `end` after the last. `stop` ends both.
 */
export type ToWorker =
  | { readonly kind: 'more' }
  | { readonly kind: 'chunk'; readonly bytes: Uint8Array }
  | { readonly kind: 'end' }
  | { readonly kind: 'stop' };

/** From the worker. The last one is `end`. */
export type FromWorker =
  | { readonly kind: 'chunk'; readonly bytes: Uint8Array }
  | { readonly kind: 'percent'; readonly percent: number }
  | { readonly kind: 'taken' }
  | { readonly kind: 'progress'; readonly state: ImportState }
  | { readonly kind: 'end'; readonly failure: Message | null };
