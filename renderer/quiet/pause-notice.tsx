import { Button } from '@mantine/core';
import { formatMoment } from '../../shared/format/local-time.ts';
import { t } from '../../shared/messages/message.ts';
import { textOfError } from '../../shared/messages/message-error.ts';
import { useSnapshot } from '../api/use-snapshot.ts';
import { usePause } from './use-pause.ts';

/** A notice that alerts are paused, with the button that resumes them. */
export function PauseNotice({ className }: { readonly className: string | undefined }) {
  const quiet = useSnapshot((snapshot) => snapshot.status.quiet);
  const { resume, error } = usePause();
  if (quiet?.reason !== 'paused') return null;
  const until = quiet.until === null ? null : formatMoment(quiet.until, Date.now());
  return (
    <div className={className} data-testid="pause-notice">
      <p>
        {t('quiet.now', { reason: 'paused', until })}
        {error !== null && ` ${textOfError(error)}`}
      </p>
      <Button size="compact-sm" variant="default" onClick={resume}>
        {t('tray.resume')}
      </Button>
    </div>
  );
}
