import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Rule } from '../../shared/domain/rule.ts';
import type { RuleSolution } from '../../shared/domain/rule-solution.ts';
import { t, text } from '../../shared/messages/message.ts';
import { messageOf } from '../../shared/messages/message-error.ts';
import { typedNumber } from '../parts/typed-number.ts';
import type { RuleField } from './model/rule-fields.ts';
import { fieldLabel } from './model/rule-names.ts';
import { RateCurve } from './rate-curve.tsx';
import classes from './rule-rate.module.css';
import { useRuleSolution } from './use-rule-solution.ts';

type RuleRateProps = {
  /** Null while the rule in the editor is invalid. */
  readonly rule: Rule | null;
  /** Parameters that can be solved for, the threshold first. */
  readonly fields: readonly RuleField[];
  readonly coins: readonly string[];
  /** Called with the path of the parameter and the value that was found. */
  readonly onSolved: (path: string, value: string) => void;
};

const MAX_COINS = 20;
const DAYS = 28;

/** A form that sets a parameter to the value at which the rule raises about the wanted number of alerts a week. */
export function RuleRate({ rule, fields, coins, onSolved }: RuleRateProps) {
  const [perWeek, setPerWeek] = useState('2');
  const [chosen, setChosen] = useState<string | null>(null);
  const { mutate, data, error, isPending, reset } = useRuleSolution();
  const field = fields.find(({ name }) => name === chosen) ?? fields[0];
  const wanted = typedNumber(perWeek);
  if (field === undefined) return null;

  const solve = (): void => {
    if (rule === null) return;
    mutate(
      { rule, param: field.name, perWeek: wanted, coinIds: coins.slice(0, MAX_COINS), days: DAYS },
      { onSuccess: ({ best }) => onSolved(field.path, String(best.value)) },
    );
  };
  return (
    <details className={classes.rate} data-testid="rule-rate">
      <summary>{t('rate.title')}</summary>
      <div className={classes.ask}>
        <TextInput
          label={t('rate.per-week')}
          value={perWeek}
          inputMode="decimal"
          data-testid="rule-rate-wanted"
          onChange={(event) => setPerWeek(event.currentTarget.value)}
        />
        <NativeSelect
          label={t('rate.param')}
          value={field.name}
          data={fields.map(({ name }) => ({ value: name, label: fieldLabel(name) }))}
          onChange={(event) => {
            setChosen(event.currentTarget.value);
            reset();
          }}
        />
        <Button
          variant="default"
          loading={isPending}
          disabled={rule === null || coins.length === 0 || !(wanted > 0)}
          onClick={solve}
        >
          {t('rate.solve')}
        </Button>
      </div>
      <div role="status">
        {error !== null && <p className={classes.trouble}>{text(messageOf(error))}</p>}
        {data !== undefined && data.param === field.name && (
          <Solution solution={data} label={fieldLabel(field.name)} />
        )}
      </div>
      {data !== undefined && data.param === field.name && (
        <RateCurve solution={data} wanted={wanted} label={fieldLabel(field.name)} />
      )}
    </details>
  );
}

function Solution({ solution, label }: { readonly solution: RuleSolution; readonly label: string }) {
  const { best, notes, coins } = solution;
  return (
    <p className={classes.answer} data-testid="rule-rate-answer">
      {[
        t('rate.answer', {
          label,
          value: String(best.value),
          rate: rateText(best.perWeek),
          low: rateText(best.lowPerWeek),
          high: rateText(best.highPerWeek),
          coins: coins.length,
        }),
        ...notes.map((note) => text(note)),
      ].join(' ')}
    </p>
  );
}

const rateText = (rate: number): string => (rate < 9.95 ? String(Number(rate.toFixed(1))) : rate.toFixed(0));
