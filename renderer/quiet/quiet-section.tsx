import { Button, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { formatMoment } from '../../shared/format/local-time.ts';
import { t } from '../../shared/messages/message.ts';
import { textOfError } from '../../shared/messages/message-error.ts';
import { PAUSE_CHOICES, pauseOf } from '../../shared/settings/pause.ts';
import { useMonitor } from '../api/monitor-context.ts';
import { useSnapshot } from '../api/use-snapshot.ts';
import { settingsQuery } from '../settings/settings-query.ts';
import classes from './quiet-section.module.css';
import { muteSubjectText, useMutes } from './use-mutes.ts';
import { usePause } from './use-pause.ts';

/** When alerts are not delivered to people: a pause, the quiet hours, and what is muted. */
export function QuietSection() {
  const { client } = useMonitor();
  const { data: settings } = useQuery(settingsQuery(client));
  const quiet = useSnapshot((snapshot) => snapshot.status.quiet);
  const { pause, resume, error } = usePause();
  const { mutes, setMuted, isChanging, error: muteError } = useMutes();
  const hours = settings?.settings.quietHours ?? null;
  const isPaused = quiet?.reason === 'paused';
  const failed = error ?? muteError;
  return (
    <section className={classes.section} aria-label={t('quiet.title')}>
      <div className={classes.row}>
        <p>
          <strong>{t('quiet.title')}</strong>
          {quietText(quiet)} {hours === null ? t('quiet.no-hours') : t('quiet.hours', { hours })}
        </p>
        {isPaused ? (
          <Button size="compact-sm" variant="default" onClick={resume}>
            {t('tray.resume')}
          </Button>
        ) : (
          <NativeSelect
            size="xs"
            aria-label={t('tray.pause')}
            data-testid="pause"
            value=""
            data={[
              { value: '', label: t('tray.pause') },
              ...PAUSE_CHOICES.map((choice) => ({ value: choice, label: t('alerts.pause-for', { choice }) })),
            ]}
            onChange={({ currentTarget }) => {
              const choice = PAUSE_CHOICES.find((each) => each === currentTarget.value);
              if (choice !== undefined) pause(pauseOf(choice, Date.now()));
            }}
          />
        )}
      </div>
      {mutes.length > 0 && (
        <ul className={classes.mutes}>
          {mutes.map((mute) => {
            const { until, ...subject } = mute;
            const what = muteSubjectText(subject);
            return (
              <li key={what}>
                <span>
                  {t('mutes.muted', {
                    what,
                    until: until === null ? null : formatMoment(Date.parse(until), Date.now()),
                  })}
                </span>
                <Button
                  size="compact-xs"
                  variant="default"
                  aria-label={t('mutes.unmute-named', { what })}
                  disabled={isChanging}
                  onClick={() => setMuted(subject, false)}
                >
                  {t('mutes.unmute')}
                </Button>
              </li>
            );
          })}
        </ul>
      )}
      {failed !== null && <p role="alert">{textOfError(failed)}</p>}
    </section>
  );
}

function quietText(
  quiet: { readonly reason: 'paused' | 'quiet-hours'; readonly until: number | null } | undefined,
) {
  if (quiet === undefined) return '';
  const { reason, until } = quiet;
  return t('quiet.now', { reason, until: until === null ? null : formatMoment(until, Date.now()) });
}
