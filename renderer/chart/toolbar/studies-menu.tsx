import { useId, useState } from 'react';
import type { VolumeKind } from '../../../shared/domain/candle.ts';
import { formatCoinName } from '../../../shared/format/name.ts';
import { t, text } from '../../../shared/messages/message.ts';
import { useSnapshot } from '../../api/use-snapshot.ts';
import type { SettingsOfChart } from '../model/chart-settings.ts';
import { STUDIES, studyById } from '../model/studies/studies.ts';
import { paramOf, type Study, type StudyParam, type StudyParams } from '../model/studies/study.ts';
import type { ChosenStudy } from '../model/studies/study-run.ts';
import { MenuButton } from './menu-button.tsx';
import classes from './toolbar.module.css';

/** A chart with more studies would be unreadable. */
const MAX_STUDIES = 8;

type StudiesMenuProps = SettingsOfChart & { readonly coinId: string; readonly volumeKind: VolumeKind | null };

/** The studies of the chart and their parameters, for this coin or for all. */
export function StudiesMenu({ settings, change, isOwn, setOwn, coinId, volumeKind }: StudiesMenuProps) {
  const rule = useSnapshot((snapshot) => snapshot.alertRule);
  const { studies } = settings;
  const add = (study: Study): void => {
    // A rule band begins with the parameters of the default rule.
    const params: StudyParams =
      study.id === 'rule' && rule !== undefined
        ? { windowMinutes: rule.windowMinutes, thresholdPct: rule.thresholdPct }
        : {};
    change({ studies: [...studies, { id: study.id, params }] });
  };
  const put = (index: number, study: ChosenStudy): void => change({ studies: studies.with(index, study) });

  return (
    <MenuButton label={t('studies.title')} count={studies.length}>
      {studies.map((chosen, index) => (
        <ChosenRow
          // Two of the same kind differ only by their position.
          // biome-ignore lint/suspicious/noArrayIndexKey: studies are added at the end and seldom removed
          key={index}
          chosen={chosen}
          color={index}
          isKnown={volumeKind === 'traded' || studyById(chosen.id)?.needsTradedVolume !== true}
          onChange={(study) => put(index, study)}
          onRemove={() => change({ studies: studies.toSpliced(index, 1) })}
        />
      ))}
      <div>
        <p className={classes.heading}>{t('studies.add')}</p>
        <div className={classes.row}>
          {STUDIES.map((study) => (
            <button
              key={study.id}
              type="button"
              className={classes.button}
              disabled={studies.length >= MAX_STUDIES}
              onClick={() => add(study)}
            >
              {text(study.name)}
            </button>
          ))}
        </div>
      </div>
      <label>
        <input
          type="checkbox"
          checked={isOwn}
          onChange={({ currentTarget }) => setOwn(currentTarget.checked)}
        />
        {t('studies.own', { coin: formatCoinName(coinId) })}
      </label>
    </MenuButton>
  );
}

type ChosenRowProps = {
  readonly chosen: ChosenStudy;
  readonly color: number;
  readonly isKnown: boolean;
  readonly onChange: (study: ChosenStudy) => void;
  readonly onRemove: () => void;
};

function ChosenRow({ chosen, color, isKnown, onChange, onRemove }: ChosenRowProps) {
  const study = studyById(chosen.id);
  if (study === undefined) return null;
  return (
    <section
      className={classes.study}
      style={{ ['--tone' as string]: `var(--study-${color % 6})` }}
      aria-label={text(study.name)}
    >
      <header>
        {text(study.name)}
        <button type="button" className={classes.button} onClick={onRemove}>
          {t('chart-tools.remove')}
        </button>
      </header>
      {study.params.length > 0 && (
        <div className={classes.row}>
          {study.params.map((param) => (
            <ParamField
              key={param.name}
              param={param}
              initial={paramOf(chosen.params, param)}
              onChange={(value) => onChange({ ...chosen, params: { ...chosen.params, [param.name]: value } })}
            />
          ))}
        </div>
      )}
      {!isKnown && <p className={classes.hint}>{t('studies.no-volume')}</p>}
    </section>
  );
}

type ParamFieldProps = {
  readonly param: StudyParam;
  readonly initial: number;
  readonly onChange: (value: number) => void;
};

/** A parameter of a study. An invalid number is ignored, and the field shows the valid range. */
function ParamField({ param, initial, onChange }: ParamFieldProps) {
  const { label, min, max, step } = param;
  const [isWrong, setWrong] = useState(false);
  const hintId = useId();
  const apply = (value: number): void => {
    const rounded = Number((Math.round(value / step) * step).toFixed(6));
    const isValid = rounded >= min && rounded <= max;
    setWrong(!isValid);
    if (isValid) onChange(rounded);
  };
  return (
    <>
      <label>
        {text(label)}
        <input
          type="number"
          min={min}
          max={max}
          step={step}
          // Uncontrolled, because a number may be invalid while it is typed.
          defaultValue={initial}
          aria-invalid={isWrong}
          aria-describedby={isWrong ? hintId : undefined}
          onChange={({ currentTarget }) => apply(currentTarget.valueAsNumber)}
        />
      </label>
      {isWrong && (
        <p id={hintId} className={classes.wrong}>
          {t('study-param.between', { min, max })}
        </p>
      )}
    </>
  );
}
