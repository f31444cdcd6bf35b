import { MessageError } from '../../../../../shared/messages/message-error.ts';
import { isArchivePlace, parseArchiveUrl } from '../../../../../shared/settings/archive-url.ts';
import type { ArchiveTarget } from './archive-target.ts';
import { folderTarget } from './folder-target.ts';
import { webHdfsTarget } from './webhdfs-target.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Opens the archive of a URL. Connects on first use.
 *
 * @param env `HDFS_DELEGATION_TOKEN`; the AWS SDK reads its own variables
 * @throws MessageError when the URL is invalid
 */
export async function openTarget(url: string, env: Environment): Promise<ArchiveTarget> {
  const place = parseArchiveUrl(url);
  if (!isArchivePlace(place)) throw new MessageError(place);
  switch (place.kind) {
    case 'folder':
      return folderTarget(url, place.folder);
    case 's3': {
      // About 2 MB of code that is not needed without S3.
      const { s3Target } = await import('./s3-target.ts');
      return s3Target(url, place);
    }
    case 'webhdfs':
      return webHdfsTarget(url, place, env.HDFS_DELEGATION_TOKEN?.trim() || null);
  }
}
