import { NativeSelect } from '@mantine/core';
import { useEffect, useState } from 'react';
import { ApiError } from '../../shared/contract/api-error.ts';
import type { Rule } from '../../shared/domain/rule.ts';
import type { RulePreview } from '../../shared/domain/rule-view.ts';
import { formatCoinName } from '../../shared/format/name.ts';
import { t } from '../../shared/messages/message.ts';
import { messageOf } from '../../shared/messages/message-error.ts';
import { useSnapshot } from '../api/use-snapshot.ts';
import { countWords, coverWords, holdsWords, summaryWords } from './model/preview-words.ts';
import { errorsOfIssues, type RuleErrors } from './model/rule-draft.ts';
import { PreviewChart } from './preview-chart.tsx';
import classes from './rule-trial.module.css';
import { useRulePreview } from './use-rule-preview.ts';
import { coinsOf, type RulesData } from './use-rules.ts';

type RuleTrialProps = {
  /** Null while the editor holds no valid rule. */
  readonly rule: Rule | null;
  readonly data: RulesData;
  /** Called with what the monitor finds wrong with the rule; nothing when it is right. */
  readonly onErrors: (errors: RuleErrors) => void;
};

const NO_ERRORS: RuleErrors = {};

/** What the rule would have raised in the last week, for one of its coins. */
export function RuleTrial({ rule, data, onErrors }: RuleTrialProps) {
  const vsCurrency = useSnapshot((snapshot) => snapshot.vsCurrency) ?? 'usd';
  const [chosen, setChosen] = useState<string | null>(null);
  const coins = rule === null ? data.watched : coinsOf(rule, data);
  const coinId = chosen !== null && coins.includes(chosen) ? chosen : (coins[0] ?? null);
  const { preview, error, isPending } = useRulePreview(rule, coinId);

  useEffect(() => {
    onErrors(error instanceof ApiError && error.issues.length > 0 ? errorsOfIssues(error.issues) : NO_ERRORS);
  }, [error, onErrors]);

  const isWrong = rule === null || (error instanceof ApiError && error.issues.length > 0);
  return (
    <section
      className={classes.trial}
      aria-label={t('preview.title')}
      data-pending={isPending || isWrong || undefined}
    >
      <header className={classes.head}>
        <h4>{t('preview.heading')}</h4>
        {coins.length > 1 ? (
          <NativeSelect
            size="xs"
            aria-label={t('preview.coin')}
            data={coins.map((id) => ({ value: id, label: formatCoinName(id) }))}
            value={coinId ?? ''}
            onChange={(event) => setChosen(event.currentTarget.value)}
          />
        ) : (
          <span>{coinId !== null && formatCoinName(coinId)}</span>
        )}
      </header>
      <div role="status" className={classes.words} data-testid="rule-preview">
        {isWrong ? (
          <p>{t('preview.incomplete')}</p>
        ) : error !== null ? (
          <p className={classes.trouble}>{t('preview.none', { reason: messageOf(error) })}</p>
        ) : preview === undefined ? (
          <p>{t('preview.first')}</p>
        ) : (
          <PreviewWords preview={preview} rule={rule} isPending={isPending} />
        )}
      </div>
      {preview !== undefined && preview.line.length > 1 && error === null && (
        <PreviewChart preview={preview} vsCurrency={vsCurrency} />
      )}
      {preview !== undefined && error === null && !isWrong && (
        <p className={classes.cover}>{coverWords(preview)}</p>
      )}
    </section>
  );
}

type PreviewWordsProps = { readonly preview: RulePreview; readonly rule: Rule; readonly isPending: boolean };

function PreviewWords({ preview, rule, isPending }: PreviewWordsProps) {
  const holds = holdsWords(preview, rule);
  return (
    <>
      <p>
        <strong>{isPending ? t('preview.trying') : countWords(preview)}</strong>{' '}
        {!isPending && summaryWords(preview)}
      </p>
      {holds !== null && !isPending && <p className={classes.holds}>{holds}</p>}
    </>
  );
}
