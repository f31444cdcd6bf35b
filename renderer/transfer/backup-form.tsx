import { Button } from '@mantine/core';
import type { RefObject } from 'react';
import { t } from '../../shared/messages/message.ts';
import { useMonitor } from '../api/monitor-context.ts';
import { saveFile } from '../parts/save-file.ts';
import { backupName, readExport } from './export-file.ts';
import classes from './transfer.module.css';
import { TransferFooter } from './transfer-footer.tsx';
import { useTransfer } from './use-transfer.ts';

/** The progress of a backup: the program first writes and compares it (`percent`), and then sends it (`bytes`). */
type Progress = { readonly percent: number } | { readonly bytes: number };

/** The form that saves the whole database to a file. */
export function BackupForm({ hasUnsaved }: { readonly hasUnsaved: RefObject<boolean> }) {
  const { client } = useMonitor();
  const transfer = useTransfer<Progress, { readonly file: string; readonly bytes: number }>(hasUnsaved);
  const { progress } = transfer;

  const save = (): void => {
    void transfer.start(async (signal, onProgress) => {
      const content = await readExport(client, 'backup', {
        signal,
        onPercent: (percent) => onProgress({ percent }),
        onBytes: (bytes) => onProgress({ bytes }),
      });
      const file = backupName(Date.now());
      saveFile(file, content);
      return { file, bytes: content.size };
    });
  };

  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <p className={classes.intro}>{t('transfer.backup-intro')}</p>
      <TransferFooter
        progress={
          progress &&
          ('percent' in progress ? t('transfer.preparing', progress) : t('transfer.saving', progress))
        }
        error={transfer.error}
        isRunning={transfer.isRunning}
        onCancel={transfer.cancel}
        outcome={transfer.outcome !== null && <p>{t('transfer.backed-up', transfer.outcome)}</p>}
      >
        <Button type="submit" disabled={transfer.isRunning}>
          {t('transfer.back-up')}
        </Button>
      </TransferFooter>
    </form>
  );
}
