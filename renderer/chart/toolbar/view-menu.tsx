import { t } from '../../../shared/messages/message.ts';
import { COMMON_ZONES, type Zone } from '../model/candle-time.ts';
import type { PriceAxisMode } from '../model/chart-inputs.ts';
import type { SettingsOfChart } from '../model/chart-settings.ts';
import { MenuButton } from './menu-button.tsx';
import classes from './toolbar.module.css';

const MODES: readonly PriceAxisMode[] = ['linear', 'log', 'percent'];

export type ToneControl = {
  readonly isPlaying: boolean;
  /** Plays the visible closes, or stops playing. */
  readonly toggle: () => void;
};

/** The price axis, the time zone and the colours of the chart, and the chart as tones. */
export function ViewMenu({ settings, change, tones }: SettingsOfChart & { readonly tones: ToneControl }) {
  return (
    <MenuButton label={t('view.title')}>
      <fieldset>
        <legend>{t('view.price-axis')}</legend>
        {MODES.map((mode) => (
          <label key={mode}>
            <input
              type="radio"
              name="price-axis"
              checked={settings.priceMode === mode}
              onChange={() => change({ priceMode: mode })}
            />
            {t(`view.${mode}`)}
          </label>
        ))}
        <label>
          <input
            type="checkbox"
            checked={settings.isInverted}
            onChange={({ currentTarget }) => change({ isInverted: currentTarget.checked })}
          />
          {t('view.inverted')}
        </label>
      </fieldset>
      <fieldset>
        <legend>{t('view.volume')}</legend>
        <label>
          <input
            type="checkbox"
            checked={settings.hasVolumeProfile}
            onChange={({ currentTarget }) => change({ hasVolumeProfile: currentTarget.checked })}
          />
          {t('view.profile')}
        </label>
      </fieldset>
      <label>
        {t('view.clock')}
        <select value={settings.zone} onChange={({ currentTarget }) => change({ zone: currentTarget.value })}>
          {zonesWith(settings.zone).map(([zone, name]) => (
            <option key={zone} value={zone}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        <input
          type="checkbox"
          checked={settings.palette === 'colour-blind'}
          onChange={({ currentTarget }) =>
            change({ palette: currentTarget.checked ? 'colour-blind' : 'standard' })
          }
        />
        {t('view.colour-blind')}
      </label>
      <fieldset>
        <legend>{t('view.sound')}</legend>
        <div className={classes.row}>
          <button type="button" className={classes.button} onClick={tones.toggle}>
            {t('view.tones', { isPlaying: tones.isPlaying })}
          </button>
        </div>
        <p className={classes.hint}>{t('view.tones-how')}</p>
      </fieldset>
    </MenuButton>
  );
}

/** The zones to choose from, including the chosen one. */
function zonesWith(chosen: Zone): readonly (readonly [Zone, string])[] {
  const common = COMMON_ZONES.map((zone) => [zone, zone.replaceAll('_', ' ')] as const);
  const known = [['local', t('view.local')], ['UTC', 'UTC'], ...common] as const;
  return known.some(([zone]) => zone === chosen) ? known : [...known, [chosen, chosen]];
}
