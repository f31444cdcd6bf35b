import type { AppUpdater } from 'electron-updater';
import { type MessageCode, message, text } from '../../../../shared/messages/message.ts';
import type { Logger } from '../../../monitor/logging/logger.ts';
import type { Clock } from '../../../monitor/time/clock.ts';

/** The part of electron-updater that is used here. */
export type AutoUpdater = Pick<
  AppUpdater,
  | 'autoDownload'
  | 'autoInstallOnAppQuit'
  | 'disableWebInstaller'
  | 'logger'
  | 'checkForUpdates'
  | 'downloadUpdate'
> & { on(event: 'error', listener: (error: Error) => void): unknown };

/** Messages and questions of the updater to the user. */
export type UpdaterDialogs = {
  /** Shows a message without taking the focus. */
  notify(body: string, onClick?: () => void): void;
  /** Resolves with true if the user wants the download. */
  offer(message: string, detail: string): Promise<boolean>;
  inform(message: string, detail: string): Promise<void>;
};

export type UpdaterOptions = {
  /** Loads electron-updater, at the first check. */
  readonly load: () => Promise<AutoUpdater>;
  readonly version: string;
  readonly dialogs: UpdaterDialogs;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly log: Pick<Logger, 'debug' | 'info' | 'warn'>;
};

export type Updater = {
  /** Checks on request from the menu: always reports the result. */
  check(): Promise<void>;
  /** Stops the daily checks. A downloaded update is still installed when the app quits. */
  stop(): void;
};

/** The first check is delayed, because the start has more urgent work. */
const FIRST_CHECK_MS = 15_000;
const DAY_MS = 24 * 60 * 60_000;
/** A laptop is often started before it has a network. */
const AFTER_FAILURE_MS = 60 * 60_000;

type Progress =
  | { readonly kind: 'none' }
  | { readonly kind: 'downloading'; readonly version: string }
  | { readonly kind: 'ready'; readonly version: string };

/**
 * Checks for a newer version at the start and daily, and notifies the user once per version. It is downloaded when the user
 * agrees and installed when they quit. Create one only if `updatesItself`.
 */
export function startUpdater({ load, version, dialogs, clock, log }: UpdaterOptions): Updater {
  const stopped = new AbortController();
  const announced = new Set<string>();
  let progress: Progress = { kind: 'none' };
  let loading: Promise<AutoUpdater> | null = null;

  const autoUpdater = (): Promise<AutoUpdater> => {
    loading ??= load().then((updater) => configure(updater, log));
    // If loading the module fails, the next check tries again.
    loading.catch(() => {
      loading = null;
    });
    return loading;
  };

  /** @returns the newer version, or null */
  const findUpdate = async (): Promise<string | null> => {
    const result = await (await autoUpdater()).checkForUpdates();
    return result?.isUpdateAvailable ? result.updateInfo.version : null;
  };

  const download = async (found: string): Promise<void> => {
    progress = { kind: 'downloading', version: found };
    try {
      await (await autoUpdater()).downloadUpdate();
      progress = { kind: 'ready', version: found };
      log.info({ version: found }, 'an update is downloaded');
      dialogs.notify(say('update.ready', { version: found }));
    } catch (cause) {
      progress = { kind: 'none' };
      log.warn({ err: cause }, 'the update could not be downloaded');
      await dialogs.inform(
        say('update.not-downloaded', { version: found }),
        say('update.nothing-changed', { reason: reasonOf(cause) }),
      );
    }
  };

  const offer = async (found: string): Promise<void> => {
    announced.add(found);
    const wanted = await dialogs.offer(
      say('update.available', { version: found }),
      say('update.offer', { current: version }),
    );
    // Two offers can be open: one from the notification and one from the menu.
    if (wanted && progress.kind === 'none') await download(found);
  };

  const checkQuietly = async (): Promise<void> => {
    if (progress.kind !== 'none') return;
    const found = await findUpdate();
    if (found === null || announced.has(found)) return;
    announced.add(found);
    log.info({ version: found }, 'a newer version is available');
    dialogs.notify(say('update.available-click', { version: found }), () => {
      offer(found).catch((err: unknown) => log.warn({ err }, 'the update could not be offered'));
    });
  };

  const checkDaily = async (): Promise<void> => {
    await clock.sleep(FIRST_CHECK_MS, stopped.signal);
    for (;;) {
      const succeeded = await checkQuietly().then(
        () => true,
        (err: unknown) => {
          log.info({ err }, 'could not check for updates');
          return false;
        },
      );
      await clock.sleep(succeeded ? DAY_MS : AFTER_FAILURE_MS, stopped.signal);
    }
  };
  checkDaily().catch((err: unknown) => {
    if (!stopped.signal.aborted) log.warn({ err }, 'updates are no longer checked for');
  });

  return {
    async check() {
      if (progress.kind === 'ready') {
        return dialogs.inform(
          say('update.ready', { version: progress.version }),
          say('update.until-then', { current: version }),
        );
      }
      if (progress.kind === 'downloading') {
        return dialogs.inform(say('update.downloading', { version: progress.version }), say('update.wait'));
      }
      let found: string | null;
      try {
        found = await findUpdate();
      } catch (cause) {
        log.info({ err: cause }, 'could not check for updates');
        return dialogs.inform(say('update.not-looked'), say('update.try-later', { reason: reasonOf(cause) }));
      }
      if (found === null)
        return dialogs.inform(say('update.newest'), say('update.it-is', { current: version }));
      return offer(found);
    },
    stop: () => stopped.abort(),
  };
}

function configure(updater: AutoUpdater, log: UpdaterOptions['log']): AutoUpdater {
  updater.autoDownload = false;
  updater.autoInstallOnAppQuit = true;
  updater.disableWebInstaller = true;
  updater.logger = {
    info: (message) => log.debug({ updater: String(message) }, 'updater'),
    warn: (message) => log.info({ updater: String(message) }, 'updater'),
    error: (message) => log.info({ updater: String(message) }, 'updater'),
  };
  // The error is also thrown and handled there, but an error event without a listener would end the app.
  updater.on('error', (err) => log.debug({ err }, 'updater'));
  return updater;
}

/** The text of a message. */
const say = <C extends MessageCode>(...content: Parameters<typeof message<C>>): string =>
  text(message(...content));

/** The first line: electron-updater appends headers and bodies of HTTP responses. */
function reasonOf(cause: unknown): string {
  const line = (cause instanceof Error ? cause.message : String(cause)).split('\n', 1)[0] ?? '';
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
