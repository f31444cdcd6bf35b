import { NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { SEVERITIES } from '../../shared/domain/alert.ts';
import { formatCoinName } from '../../shared/format/name.ts';
import { t } from '../../shared/messages/message.ts';
import { useMonitor } from '../api/monitor-context.ts';
import { ruleActivityQuery } from '../api/rule-activity-query.ts';
import { useSnapshot } from '../api/use-snapshot.ts';
import classes from './alert-filter.module.css';
import type { FilterName } from './filter-link.ts';
import type { AlertFilterState } from './use-alert-filter.ts';

/** The fields by which the list of alerts is filtered. */
export function AlertFilterFields({ choice, change, clear }: AlertFilterState) {
  const { client } = useMonitor();
  const coins = useSnapshot(({ quotes }) => quotes.map(({ coinId }) => coinId).join(' ')) ?? '';
  // Includes deleted rules, because their alerts remain.
  const { data: activity } = useQuery(ruleActivityQuery(client));
  const any = { value: '', label: t('alerts.filter-any') };
  const field = (name: FilterName) => ({
    label: t(`alerts.filter-${name}`),
    size: 'xs',
    value: choice[name] ?? '',
    'data-testid': `alert-filter-${name}`,
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      change(name, event.currentTarget.value),
  });
  return (
    <fieldset className={classes.filter} id="alert-filter">
      <legend className={classes.legend}>{t('alerts.filter-legend')}</legend>
      <NativeSelect
        {...field('coin')}
        data={[
          any,
          ...withCurrent(coins === '' ? [] : coins.split(' '), choice.coin).map((id) => ({
            value: id,
            label: formatCoinName(id),
          })),
        ]}
      />
      <NativeSelect
        {...field('rule')}
        data={[any, ...withCurrent(activity?.map(({ rule }) => rule) ?? [], choice.rule)]}
      />
      <NativeSelect
        {...field('severity')}
        data={[any, ...SEVERITIES.map((each) => ({ value: each, label: t(`rule-choice.${each}`) }))]}
      />
      <NativeSelect
        {...field('direction')}
        data={[
          any,
          { value: 'up', label: t('rule-choice.up') },
          { value: 'down', label: t('rule-choice.down') },
        ]}
      />
      <TextInput {...field('from')} type="date" max={choice.to} />
      <TextInput {...field('to')} type="date" min={choice.from} />
      <NativeSelect
        {...field('inhibited')}
        data={[
          any,
          { value: 'no', label: t('alerts.filter-not-inhibited') },
          { value: 'yes', label: t('alerts.filter-only-inhibited') },
        ]}
      />
      <button
        type="button"
        className={classes.clear}
        disabled={Object.keys(choice).length === 0}
        onClick={clear}
      >
        {t('alerts.filter-clear')}
      </button>
    </fieldset>
  );
}

/** The choices, including the current one. */
const withCurrent = (values: readonly string[], current: string | undefined): readonly string[] =>
  current === undefined || values.includes(current) ? values : [...values, current];
