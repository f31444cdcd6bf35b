import type { ByteSource } from '../../parquet/byte-source.ts';
import type { ByteSink } from '../../parquet/parquet-writer.ts';

/**
 * A place that keeps files: a folder, a bucket, a cluster. Paths are relative to the archive, with `/` between their parts.
 * Whatever fails throws an `ArchiveError`.
 */
export type ArchiveTarget = {
  /** As it stands in the settings; it has no secrets. */
  readonly url: string;
  /** Begins a file. Nobody sees it before it is committed, and an end of the program leaves at most an unfinished upload. */
  create(path: string): Promise<ArchiveUpload>;
  /** Throws `missing` when there is no such file. */
  open(path: string): Promise<ArchiveSource>;
  /** Removes a file; one that is not there is no error. */
  remove(path: string): Promise<void>;
  /** Removes what ended programs have left of uploads of this file. */
  discardUploads(path: string): Promise<void>;
  /** The files below a folder, in no order. */
  list(folder: string): AsyncIterable<ArchivedFile>;
  close(): void;
};

export type ArchiveUpload = {
  /** Resolves when the target can take more. */
  readonly write: ByteSink;
  /** Makes the file durable and visible under its path. Throws `exists`, and changes nothing, when the path is taken. */
  commit(): Promise<void>;
  /** Removes what was written. Does not fail. */
  abort(): Promise<void>;
};

export type ArchiveSource = ByteSource & { close(): Promise<void> };

export type ArchivedFile = { readonly path: string; readonly bytes: number };
