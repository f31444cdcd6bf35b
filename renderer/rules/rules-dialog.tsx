import { formatCoinName } from '../../shared/format/name.ts';
import { t } from '../../shared/messages/message.ts';
import { messageOf } from '../../shared/messages/message-error.ts';
import { GuardedDialog, type GuardedDialogProps } from '../parts/guarded-dialog.tsx';
import type { RulesStart } from './model/rules-start.ts';
import { RulesBody } from './rules-body.tsx';
import { useRules } from './use-rules.ts';

export type RulesDialogProps = GuardedDialogProps & { readonly start: RulesStart };

/** The dialog of rules: their list, and an editor for one of them. */
export function RulesDialog(props: RulesDialogProps) {
  const { start } = props;
  const { data, trouble } = useRules();
  const isOfCoin = start.show === 'list' && start.coinId !== null;
  return (
    <GuardedDialog
      {...props}
      title={
        isOfCoin ? t('rules.title-coin', { coin: formatCoinName(start.coinId ?? '') }) : t('rules.title')
      }
      closeLabel={t('rules.close')}
      question={t('rules.discard-why')}
      size={980}
    >
      {data !== undefined ? (
        <RulesBody {...props} data={data} />
      ) : (
        <p role="status">
          {trouble === null ? t('page.loading') : t('rules.unreadable', { reason: messageOf(trouble) })}
        </p>
      )}
    </GuardedDialog>
  );
}
