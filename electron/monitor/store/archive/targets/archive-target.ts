import type { ByteSource } from '../../parquet/byte-source.ts';
import type { ByteSink } from '../../parquet/parquet-writer.ts';

/**
 * A place that stores files: a folder, a bucket, a cluster. Paths are relative to the archive and separated by `/`. All methods
 * throw `ArchiveError`.
 */
export type ArchiveTarget = {
  /** As in the settings; contains no secrets. */
  readonly url: string;
  /** Begins a file. It is not visible until it is committed; a crash leaves at most an unfinished upload. */
  create(path: string): Promise<ArchiveUpload>;
  /** Throws `missing` when there is no such file. */
  open(path: string): Promise<ArchiveSource>;
  /** Removes a file. Does nothing when it does not exist. */
  remove(path: string): Promise<void>;
  /** Removes unfinished uploads of this file that crashed programs have left. */
  discardUploads(path: string): Promise<void>;
  /** The files in a folder and its subfolders, in no particular order. */
  list(folder: string): AsyncIterable<ArchivedFile>;
  close(): void;
};

export type ArchiveUpload = {
  /** Resolves when the target can take more. */
  readonly write: ByteSink;
  /** Makes the file durable and visible under its path. Throws `exists` and changes nothing when the path is taken. */
  commit(): Promise<void>;
  /** Discards the upload. Does not fail. */
  abort(): Promise<void>;
};

export type ArchiveSource = ByteSource & { close(): Promise<void> };

export type ArchivedFile = { readonly path: string; readonly bytes: number };
