import { Button, FileInput, NativeSelect, TextInput } from '@mantine/core';
import { type RefObject, useState } from 'react';
import { IMPORT_KINDS, type ImportKind, type ImportState } from '../../shared/domain/transfer.ts';
import { t, text } from '../../shared/messages/message.ts';
import { MessageError } from '../../shared/messages/message-error.ts';
import { useMonitor } from '../api/monitor-context.ts';
import { CoinSelect, useCoinChoice } from './coin-select.tsx';
import { writeImport } from './import-file.ts';
import classes from './transfer.module.css';
import { TransferFooter } from './transfer-footer.tsx';
import { useTransfer } from './use-transfer.ts';

type Progress = { readonly state: ImportState; readonly share: number };

const CLOCK = {
  now: () => performance.now(),
  sleep: (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms)),
};

/** The form that imports a file, with the outcome. */
export function ImportForm({ hasUnsaved }: { readonly hasUnsaved: RefObject<boolean> }) {
  const { client } = useMonitor();
  const [kind, setKind] = useState<ImportKind>('candles');
  const [coinId, setCoinId] = useCoinChoice();
  const [source, setSource] = useState('');
  const [file, setFile] = useState<File | null>(null);
  const transfer = useTransfer<Progress, ImportState>(hasUnsaved);

  const importFile = (chosen: File): void => {
    const name = source.trim();
    const choice = { kind, coinId, ...(name !== '' && { source: name }) };
    void transfer.start(async (signal, onProgress) => {
      const onState = (state: ImportState, share: number): void => onProgress({ state, share });
      const state = await writeImport(client, choice, chosen, { signal, onState, ...CLOCK });
      if (state.failure !== null) throw new MessageError(state.failure);
      return state;
    });
  };

  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (file !== null) importFile(file);
      }}
    >
      <p className={classes.intro}>{t('transfer.import-intro')}</p>
      <div className={classes.fields}>
        <NativeSelect
          label={t('transfer.kind')}
          data={IMPORT_KINDS.map((value) => ({ value, label: t('transfer.kind-of', { kind: value }) }))}
          value={kind}
          onChange={({ currentTarget }) => setKind(currentTarget.value as ImportKind)}
        />
        <CoinSelect value={coinId} onChange={setCoinId} />
        <TextInput
          label={t('transfer.source')}
          description={t('transfer.source-hint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          placeholder="import"
          value={source}
          onChange={({ currentTarget }) => setSource(currentTarget.value)}
        />
      </div>
      <FileInput
        label={t('transfer.file')}
        placeholder={t('transfer.choose-file')}
        value={file}
        onChange={setFile}
        clearable
        disabled={transfer.isRunning}
        data-testid="transfer-file"
      />
      <TransferFooter
        progress={transfer.progress === null ? null : progressText(transfer.progress)}
        error={transfer.error}
        isRunning={transfer.isRunning}
        onCancel={transfer.cancel}
        outcome={
          transfer.isCancelled ? (
            <p>{t('transfer.cancelled')}</p>
          ) : (
            transfer.outcome !== null && <Outcome state={transfer.outcome} />
          )
        }
      >
        <Button type="submit" disabled={transfer.isRunning || file === null || coinId === ''}>
          {t('transfer.import')}
        </Button>
      </TransferFooter>
    </form>
  );
}

function progressText({ state, share }: Progress): string {
  return state.phase === 'reading' && share < 1
    ? t('transfer.read', { percent: Math.floor(share * 100) })
    : t('transfer.counting', state);
}

function Outcome({ state }: { readonly state: ImportState }) {
  const { summary, accepted, repeated, refusals } = state;
  return (
    <>
      <p>{accepted + repeated === 0 ? t('transfer.nothing') : summary !== null && text(summary)}</p>
      <p>{t('transfer.counting', state)}</p>
      {refusals.length > 0 && (
        <ul>
          {refusals.map(({ line, reason }) => (
            <li key={line}>{t('transfer.line', { line, reason })}</li>
          ))}
        </ul>
      )}
    </>
  );
}
