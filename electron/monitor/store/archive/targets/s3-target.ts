import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  type PutObjectCommandInput,
  paginateListObjectsV2,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { ArchivePlace } from '../../../../../shared/settings/archive-url.ts';
import {
  type ArchiveAction,
  ArchiveError,
  type ArchiveFault,
  archiveError,
  type Failure,
  incompleteRead,
} from './archive-error.ts';
import type { ArchiveTarget, ArchiveUpload } from './archive-target.ts';

/** Part size of a multipart upload. One part is in memory; 10,000 parts limit a file to 80 GB. */
const PART_BYTES = 8 * 1024 * 1024;

type S3Place = Extract<ArchivePlace, { kind: 's3' }>;

/**
 * A bucket of S3 or a compatible store. A file is written on the condition that no file of its name exists (`If-None-Match: *`),
 * in one request or as a multipart upload. Credentials and region are found as by other AWS programs: environment, `~/.aws`, the
 * machine's role.
 */
export function s3Target(url: string, { bucket, prefix, options }: S3Place): ArchiveTarget {
  const client = new S3Client({
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    ...(options.region === undefined ? {} : { region: options.region }),
    forcePathStyle: options['path-style'] === 'true',
  });
  const at = (path: string) => ({ Bucket: bucket, Key: prefix + path });

  /** Runs a request and converts its errors. */
  const requesting = async <T>(
    action: ArchiveAction,
    path: string,
    request: () => Promise<T>,
  ): Promise<T> => {
    try {
      return await request();
    } catch (cause) {
      if (cause instanceof ArchiveError) throw cause;
      throw archiveError(action, path, url, failureOf(cause), cause);
    }
  };

  const isThere = async (path: string): Promise<boolean> => {
    try {
      await requesting('read', path, () => client.send(new HeadObjectCommand(at(path))));
      return true;
    } catch (error) {
      if (error instanceof ArchiveError && error.fault === 'missing') return false;
      throw error;
    }
  };

  return {
    url,
    async create(path): Promise<ArchiveUpload> {
      const body = new PassThrough({ highWaterMark: PART_BYTES });
      const upload = new Upload({
        client,
        params: {
          ...at(path),
          ...writeOptions(options),
          Body: body,
          ContentType: 'application/vnd.apache.parquet',
          IfNoneMatch: '*',
        },
        partSize: PART_BYTES,
        queueSize: 1,
      });
      const done = upload.done();
      // The next write, or commit, throws this error.
      done.catch(() => body.destroy());
      body.on('error', () => undefined);
      return {
        write: (bytes) =>
          requesting('write', path, async () => {
            if (body.destroyed) await done;
            if (body.write(bytes)) return;
            const drained = Promise.withResolvers<void>();
            body.once('drain', drained.resolve);
            await Promise.race([drained.promise, finished(body, { readable: false }).catch(() => done)]);
          }),
        async commit() {
          // Some stores support the condition only for single requests, such as Ceph 16.
          if (await isThere(path)) throw archiveError('write', path, url, { fault: 'exists', errorText: '' });
          await requesting('write', path, async () => {
            body.end();
            await done;
          });
        },
        async abort() {
          body.destroy();
          await upload.abort().catch(() => undefined);
          await done.catch(() => undefined);
        },
      };
    },
    async open(path) {
      const { ContentLength: size = 0 } = await requesting('read', path, () =>
        client.send(new HeadObjectCommand(at(path))),
      );
      return {
        size,
        read: (from, to) =>
          requesting('read', path, async () => {
            const range = `bytes=${from}-${to - 1}`;
            const { Body } = await client.send(new GetObjectCommand({ ...at(path), Range: range }));
            const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
            if (bytes.length === to - from) return bytes;
            throw incompleteRead(path, url, { bytes: bytes.length, expected: to - from });
          }),
        async close() {},
      };
    },
    async remove(path) {
      await requesting('remove', path, () => client.send(new DeleteObjectCommand(at(path))));
    },
    async discardUploads(path) {
      await requesting('remove', path, async () => {
        for (let after: { KeyMarker?: string; UploadIdMarker?: string } | null = {}; after !== null; ) {
          const listed = { Bucket: bucket, Prefix: prefix + path, ...after };
          const page: ListMultipartUploadsCommandOutput = await client.send(
            new ListMultipartUploadsCommand(listed),
          );
          for (const { Key, UploadId } of page.Uploads ?? [])
            await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }));
          const { IsTruncated, NextKeyMarker = '', NextUploadIdMarker = '' } = page;
          after = IsTruncated ? { KeyMarker: NextKeyMarker, UploadIdMarker: NextUploadIdMarker } : null;
        }
      });
    },
    async *list(folder) {
      const within = prefix + (folder === '' ? '' : `${folder}/`);
      const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: within });
      for (;;) {
        const { value, done } = await requesting('list', folder, () => pages.next());
        if (done) return;
        for (const { Key = '', Size = 0 } of value.Contents ?? [])
          yield { path: Key.slice(prefix.length), bytes: Size };
      }
    },
    close: () => client.destroy(),
  };
}

type WriteOptions = Pick<PutObjectCommandInput, 'ServerSideEncryption' | 'SSEKMSKeyId' | 'StorageClass'>;

function writeOptions(options: S3Place['options']): WriteOptions {
  const { sse, 'sse-kms-key-id': key, 'storage-class': storageClass } = options;
  return {
    ...(sse === undefined
      ? {}
      : { ServerSideEncryption: sse as NonNullable<WriteOptions['ServerSideEncryption']> }),
    ...(key === undefined ? {} : { SSEKMSKeyId: key }),
    // A store that does not support the class rejects it by name.
    ...(storageClass === undefined
      ? {}
      : { StorageClass: storageClass as NonNullable<WriteOptions['StorageClass']> }),
  };
}

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html; other stores use similar names. */
const FAULTS: readonly (readonly [RegExp, ArchiveFault])[] = [
  [/^(PreconditionFailed|ConditionalRequestConflict)$/, 'exists'],
  [/^(NoSuchKey|NotFound)$/, 'missing'],
  [/^(QuotaExceeded|InsufficientCapacity|EntityTooLarge|XMinioStorageFull|InsufficientStorage)$/, 'full'],
  [
    /^(AccessDenied|AllAccessDisabled|CredentialsProviderError|ExpiredToken|Forbidden|InvalidAccessKeyId|InvalidToken|KMS\.|NoSuchBucket|PermanentRedirect|SignatureDoesNotMatch|Unauthorized)/,
    'refused',
  ],
];

const FAULT_OF_STATUS: Readonly<Record<number, ArchiveFault>> = {
  401: 'refused',
  403: 'refused',
  404: 'missing',
  409: 'exists',
  412: 'exists',
  507: 'full',
};

function failureOf(cause: unknown): Failure {
  const { name, message: words } = cause instanceof Error ? cause : new Error(String(cause));
  const errorText = words === '' || words === 'UnknownError' ? name : `${name}: ${words}`;
  const named = FAULTS.find(([pattern]) => pattern.test(name))?.[1];
  if (named !== undefined) return { fault: named, errorText };
  const status = cause instanceof S3ServiceException ? cause.$metadata.httpStatusCode : undefined;
  return { fault: FAULT_OF_STATUS[status ?? 0] ?? 'unavailable', errorText };
}
