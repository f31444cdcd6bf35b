import { t } from '../../../../shared/messages/message.ts';
import type { DesktopStateStore } from '../state/desktop-state.ts';
import type { Notifier } from './notifier.ts';

type HidingNoticeParts = {
  readonly state: Pick<DesktopStateStore, 'current' | 'change'>;
  readonly notifier: Pick<Notifier, 'notify'>;
  readonly onClick: () => void;
};

/** Creates the function that notifies the user once, when the window is first closed, that the program continues in the tray. */
export function hidingNotice({ state, notifier, onClick }: HidingNoticeParts): () => void {
  return () => {
    if (state.current().wasToldAboutHiding) return;
    const wasShown = notifier.notify(
      { title: t('desktop.hidden'), body: t('desktop.hidden-where') },
      onClick,
    );
    if (wasShown) state.change({ wasToldAboutHiding: true });
  };
}
