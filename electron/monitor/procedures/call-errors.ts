import { ApiError } from '../../../shared/contract/api-error.ts';
import { messageOf } from '../../../shared/messages/message-error.ts';
import { SecretError } from '../secrets/secret-store.ts';
import { SettingsError } from '../settings/settings-error.ts';
import { FeedError } from '../sources/price-source.ts';
import { DatabaseUnavailable } from '../store/connection/database.ts';

/** Passes the provider's failure on to the page. The same call may succeed later. */
export async function fromProvider<T>(response: Promise<T>): Promise<T> {
  try {
    return await response;
  } catch (cause) {
    if (!(cause instanceof FeedError)) throw cause;
    throw new ApiError('unavailable', cause.content, { cause });
  }
}

/** Passes the reason why the database is unavailable on to the page. The same call may succeed later. */
export async function readFrom<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (cause) {
    if (!(cause instanceof DatabaseUnavailable)) throw cause;
    throw new ApiError('unavailable', cause.content, { cause });
  }
}

/** Reports to the page why something is not possible now. */
export async function orUnavailable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new ApiError('unavailable', messageOf(cause), { cause });
  }
}

/** Turns errors that a user can fix into errors that the page shows. */
export async function orRefuse(change: () => void | Promise<void>): Promise<void> {
  try {
    await change();
  } catch (cause) {
    if (cause instanceof ApiError) throw cause;
    if (cause instanceof SettingsError || cause instanceof SecretError) {
      const issues = cause instanceof SettingsError ? cause.issues : [];
      throw new ApiError('bad-request', cause.content, { cause, issues });
    }
    // Writing the file failed. The message names the file and says what to do.
    throw new ApiError('unavailable', messageOf(cause), { cause });
  }
}
