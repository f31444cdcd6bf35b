import '../styles/mantine-forms.ts';
import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { t } from '../../shared/messages/message.ts';
import { GuardedDialog, type GuardedDialogProps } from '../parts/guarded-dialog.tsx';
import { BackupForm } from './backup-form.tsx';
import { ExportForm } from './export-form.tsx';
import { ImportForm } from './import-form.tsx';
import classes from './transfer.module.css';

const DIRECTIONS = ['export', 'import', 'backup'] as const;
type Direction = (typeof DIRECTIONS)[number];

const FORMS = { export: ExportForm, import: ImportForm, backup: BackupForm } as const;

/** The dialog that exports stored data, imports files, and saves backups. */
export function TransferDialog(props: GuardedDialogProps) {
  const { hasUnsaved, onLeave } = props;
  const [direction, setDirection] = useState<Direction>('export');
  const Form = FORMS[direction];
  return (
    <GuardedDialog
      {...props}
      title={t('transfer.title')}
      closeLabel={t('transfer.close')}
      question={t('transfer.discard-why')}
      words={{ title: t('transfer.leave-title'), leave: t('transfer.leave'), stay: t('transfer.stay') }}
      size={640}
    >
      <div className={classes.body}>
        <SegmentedControl
          fullWidth
          aria-label={t('transfer.title')}
          data={DIRECTIONS.map((value) => ({ value, label: t(`transfer.${value}`) }))}
          value={direction}
          onChange={(chosen) => {
            const next = DIRECTIONS.find((each) => each === chosen);
            if (next !== undefined) onLeave(() => setDirection(next));
          }}
        />
        <Form key={direction} hasUnsaved={hasUnsaved} />
      </div>
    </GuardedDialog>
  );
}
