import { Checkbox, NativeSelect } from '@mantine/core';
import { useEffect, useState } from 'react';
import { ApiError } from '../../shared/contract/api-error.ts';
import type { Rule } from '../../shared/domain/rule.ts';
import type { HeldCoin, RulePreview } from '../../shared/domain/rule-view.ts';
import { formatCoinName } from '../../shared/format/name.ts';
import { t } from '../../shared/messages/message.ts';
import { messageOf } from '../../shared/messages/message-error.ts';
import { useSnapshot } from '../api/use-snapshot.ts';
import { describeCount, describeCover, describeHolding, describeResult } from './model/describe-preview.ts';
import { errorsOfIssues, type RuleErrors } from './model/rule-draft.ts';
import { coinsOf, type RulesData } from './model/rules-data.ts';
import { PreviewChart } from './preview-chart.tsx';
import classes from './rule-trial.module.css';
import { useRuleHolding } from './use-rule-holding.ts';
import { useRulePreview } from './use-rule-preview.ts';

type RuleTrialProps = {
  /** Null while the rule in the editor is invalid. */
  readonly rule: Rule | null;
  readonly data: RulesData;
  /** The coins for which saving makes the rule; for the others, it keeps its state. */
  readonly madeFor: readonly string[];
  readonly onRaiseIfHolding: (raiseIfHolding: boolean) => void;
  /** Called with the errors that the monitor reports for the rule; empty if it is valid. */
  readonly onErrors: (errors: RuleErrors) => void;
};

const NO_ERRORS: RuleErrors = {};

/** What the rule would have raised in the last week, for one of its coins. */
export function RuleTrial({ rule, data, madeFor, onRaiseIfHolding, onErrors }: RuleTrialProps) {
  const vsCurrency = useSnapshot((snapshot) => snapshot.vsCurrency) ?? 'usd';
  const [chosen, setChosen] = useState<string | null>(null);
  const coins = rule === null ? data.watched : coinsOf(rule, data);
  const coinId = chosen !== null && coins.includes(chosen) ? chosen : (coins[0] ?? null);
  const { preview, error, isPending } = useRulePreview(rule, coinId);
  const held = useRuleHolding(rule, madeFor);

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
          <PreviewWords preview={preview} isPending={isPending} />
        )}
      </div>
      <div role="status">
        {rule !== null && <Holding held={held} rule={rule} onRaiseIfHolding={onRaiseIfHolding} />}
      </div>
      {preview !== undefined && preview.line.length > 1 && error === null && (
        <PreviewChart preview={preview} vsCurrency={vsCurrency} />
      )}
      {preview !== undefined && error === null && !isWrong && (
        <p className={classes.cover}>{describeCover(preview)}</p>
      )}
    </section>
  );
}

type PreviewWordsProps = { readonly preview: RulePreview; readonly isPending: boolean };

function PreviewWords({ preview, isPending }: PreviewWordsProps) {
  return (
    <p>
      <strong>{isPending ? t('preview.trying') : describeCount(preview)}</strong>{' '}
      {!isPending && describeResult(preview)}
    </p>
  );
}

type HoldingProps = {
  readonly held: readonly HeldCoin[];
  readonly rule: Rule;
  readonly onRaiseIfHolding: (raiseIfHolding: boolean) => void;
};

/** A note that the condition already holds, with the choice whether to raise an alert immediately. */
function Holding({ held, rule, onRaiseIfHolding }: HoldingProps) {
  const words = describeHolding(held, rule);
  if (words === null) return null;
  return (
    <div className={classes.holds} data-testid="rule-holds">
      <p>{words}</p>
      <Checkbox
        size="xs"
        label={t('preview.raise-at-once')}
        checked={rule.raiseIfHolding}
        onChange={(event) => onRaiseIfHolding(event.currentTarget.checked)}
      />
    </div>
  );
}
