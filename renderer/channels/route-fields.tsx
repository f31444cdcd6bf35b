import { NativeSelect, Switch, TagsInput, TextInput } from '@mantine/core';
import { SEVERITIES } from '../../shared/domain/alert.ts';
import { t } from '../../shared/messages/message.ts';
import type { Settings } from '../../shared/settings/settings.ts';
import type { ChannelDraft } from './channel-draft.ts';
import classes from './channels.module.css';

type RouteFieldsProps = {
  readonly draft: ChannelDraft;
  /** For suggestions; undefined while the settings are loading. */
  readonly settings: Settings | undefined;
  readonly errorAt: (path: string) => string | undefined;
  readonly onChange: (part: Partial<ChannelDraft>, path: string) => void;
};

/** The fields of which alerts a channel gets, and how often. */
export function RouteFields({ draft, settings, errorAt, onChange }: RouteFieldsProps) {
  // Includes the channel's own watchlist, which may have been deleted.
  const known = (settings?.watchlists ?? []).map(({ id }) => id);
  const lists = [...new Set([...known, ...(draft.watchlist === '' ? [] : [draft.watchlist])])];
  return (
    <fieldset className={classes.which}>
      <legend>{t('channels.which')}</legend>
      <div className={classes.fields}>
        <NativeSelect
          label={t('channels.severity')}
          data={SEVERITIES.map((each) => ({
            value: each,
            label: each === 'info' ? t('channels.severity-all') : t(`rule-choice.${each}`),
          }))}
          value={draft.severity}
          onChange={({ currentTarget }) =>
            onChange(
              { severity: SEVERITIES.find((each) => each === currentTarget.value) ?? 'info' },
              'route.severity',
            )
          }
        />
        <TextInput
          label={t('channels.digest')}
          description={t('channels.digest-hint')}
          error={errorAt('digestMinutes')}
          inputMode="decimal"
          value={draft.digest}
          data-field="digestMinutes"
          data-testid="channel-digest"
          onChange={(event) => onChange({ digest: event.currentTarget.value }, 'digestMinutes')}
        />
        <TagsInput
          label={t('channels.coins')}
          description={t('channels.coins-hint')}
          error={errorAt('route.coins')}
          value={[...draft.coins]}
          data={[...(settings?.coins ?? [])]}
          onChange={(coins) => onChange({ coins }, 'route.coins')}
          acceptValueOnBlur
        />
        {lists.length > 0 && (
          <NativeSelect
            label={t('channels.watchlist')}
            description={t('channels.watchlist-hint')}
            error={errorAt('route.watchlist')}
            data={[
              { value: '', label: t('channels.watchlist-none') },
              ...lists.map((id) => ({ value: id, label: id })),
            ]}
            value={draft.watchlist}
            data-field="route.watchlist"
            data-testid="channel-watchlist"
            onChange={(event) => onChange({ watchlist: event.currentTarget.value }, 'route.watchlist')}
          />
        )}
        <TagsInput
          label={t('channels.rules')}
          description={t('channels.rules-hint')}
          error={errorAt('route.rules')}
          value={[...draft.rules]}
          data={(settings?.rules ?? []).map((rule) => rule.id)}
          onChange={(rules) => onChange({ rules }, 'route.rules')}
          acceptValueOnBlur
        />
      </div>
      <Switch
        label={t('channels.send-resolved')}
        description={t('channels.send-resolved-hint')}
        checked={draft.sendResolved}
        onChange={(event) => onChange({ sendResolved: event.currentTarget.checked }, 'sendResolved')}
      />
    </fieldset>
  );
}
