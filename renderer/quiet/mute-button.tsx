import { t } from '../../shared/messages/message.ts';
import type { MuteSubject } from '../../shared/settings/mutes.ts';
import { muteSubjectText, useMutes } from './use-mutes.ts';

/** Mutes a coin, a rule or a channel for an hour, or unmutes it. */
export function MuteButton({ subject }: { readonly subject: MuteSubject }) {
  const { muteOf, setMuted, isChanging } = useMutes();
  const isMuted = muteOf(subject) !== undefined;
  const what = muteSubjectText(subject);
  return (
    <button type="button" disabled={isChanging} onClick={() => setMuted(subject, !isMuted)}>
      {isMuted ? t('mutes.unmute-named', { what }) : t('mutes.mute-named', { what })}
    </button>
  );
}
