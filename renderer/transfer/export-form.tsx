import { Button, NativeSelect, TextInput } from '@mantine/core';
import { type RefObject, useState } from 'react';
import { INTERVALS, type Interval } from '../../shared/domain/interval.ts';
import {
  EXPORT_KINDS,
  type ExportKind,
  FILE_FORMATS,
  type FileFormat,
} from '../../shared/domain/transfer.ts';
import { t } from '../../shared/messages/message.ts';
import { useMonitor } from '../api/monitor-context.ts';
import { saveFile } from '../parts/save-file.ts';
import { CoinSelect, useCoinChoice } from './coin-select.tsx';
import { exportName, readExport } from './export-file.ts';
import classes from './transfer.module.css';
import { TransferFooter } from './transfer-footer.tsx';
import { useTransfer } from './use-transfer.ts';

const DAY_MS = 86_400_000;

/** The form that exports data of a coin to a file. */
export function ExportForm({ hasUnsaved }: { readonly hasUnsaved: RefObject<boolean> }) {
  const { client } = useMonitor();
  const [kind, setKind] = useState<ExportKind>('candles');
  const [coinId, setCoinId] = useCoinChoice();
  const [interval, setInterval] = useState<Interval>('1h');
  const [format, setFormat] = useState<FileFormat>('csv');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const transfer = useTransfer<number, { readonly file: string; readonly bytes: number }>(hasUnsaved);
  const isBackwards = from !== '' && to !== '' && to < from;

  const save = (): void => {
    const choice = {
      kind,
      coinId,
      interval,
      format,
      ...(from !== '' && { from: Date.parse(from) }),
      // The last day is included.
      ...(to !== '' && { to: Date.parse(to) + DAY_MS }),
    };
    void transfer.start(async (signal, onBytes) => {
      const content = await readExport(client, choice, { signal, onBytes });
      const file = exportName(choice);
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
      <p className={classes.intro}>{t('transfer.export-intro')}</p>
      <div className={classes.fields}>
        <NativeSelect
          label={t('transfer.kind')}
          data={EXPORT_KINDS.map((value) => ({ value, label: t('transfer.kind-of', { kind: value }) }))}
          value={kind}
          onChange={({ currentTarget }) => setKind(currentTarget.value as ExportKind)}
        />
        <CoinSelect value={coinId} onChange={setCoinId} />
        {kind === 'candles' && (
          <NativeSelect
            label={t('transfer.interval')}
            data={[...INTERVALS]}
            value={interval}
            onChange={({ currentTarget }) => setInterval(currentTarget.value as Interval)}
          />
        )}
        <NativeSelect
          label={t('transfer.format')}
          data={FILE_FORMATS.map((value) => ({ value, label: t('transfer.format-of', { format: value }) }))}
          value={format}
          onChange={({ currentTarget }) => setFormat(currentTarget.value as FileFormat)}
        />
        <TextInput
          type="date"
          label={t('transfer.from')}
          value={from}
          onChange={({ currentTarget }) => setFrom(currentTarget.value)}
        />
        <TextInput
          type="date"
          label={t('transfer.to')}
          value={to}
          error={isBackwards ? t('transfer.range-wrong') : undefined}
          onChange={({ currentTarget }) => setTo(currentTarget.value)}
        />
      </div>
      <TransferFooter
        progress={transfer.progress === null ? null : t('transfer.written', { bytes: transfer.progress })}
        error={transfer.error}
        isRunning={transfer.isRunning}
        onCancel={transfer.cancel}
        outcome={
          transfer.outcome !== null && (
            <p>
              {transfer.outcome.bytes === 0
                ? t('transfer.none-stored')
                : t('transfer.exported', transfer.outcome)}
            </p>
          )
        }
      >
        <Button type="submit" disabled={transfer.isRunning || isBackwards || coinId === ''}>
          {t('transfer.export')}
        </Button>
      </TransferFooter>
    </form>
  );
}
