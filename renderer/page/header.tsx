import { ActionIcon, type MantineColorScheme, useMantineColorScheme } from '@mantine/core';
import {
  IconArrowsTransferUpDown,
  IconBell,
  IconBellCog,
  IconDeviceDesktop,
  IconMoon,
  IconSend,
  IconSettings,
  IconSun,
} from '@tabler/icons-react';
import { t } from '../../shared/messages/message.ts';
import { useUnreadIds } from '../alerts/use-unread.ts';
import { useConnection } from '../api/use-connection.ts';
import { focusPart } from '../api/use-host-requests.ts';
import { useReadOnly } from '../api/use-read-only.ts';
import { useSnapshot } from '../api/use-snapshot.ts';
import { describeOverall } from './describe-status.ts';
import classes from './header.module.css';

type HeaderProps = {
  readonly onOpenRules: () => void;
  readonly onOpenChannels: () => void;
  readonly onOpenTransfer: () => void;
  readonly onOpenSettings: () => void;
};

/** The name, the overall state in one word, and the buttons. */
export function Header({ onOpenRules, onOpenChannels, onOpenTransfer, onOpenSettings }: HeaderProps) {
  const connection = useConnection();
  const feed = useSnapshot((snapshot) => snapshot.status.feed);
  const isSimulated = useSnapshot((snapshot) => snapshot.simulated) ?? false;
  const clockSpeed = useSnapshot((snapshot) => snapshot.clockSpeed) ?? 1;
  const isReadOnly = useReadOnly();
  const { tone, text } = describeOverall(connection, feed);
  return (
    <header className={classes.header}>
      <h1>{t('app.name')}</h1>
      <span className={classes.state} data-tone={tone} role="status" data-testid="connection">
        {text}
      </span>
      {isSimulated && (
        <strong className={classes.simulated} data-testid="simulated">
          {t('page.simulated')}
          {clockSpeed !== 1 && <span>{t('page.speed', { times: clockSpeed })}</span>}
        </strong>
      )}
      <span className={classes.actions}>
        <SchemeButton />
        <AlertsButton />
        <HeaderButton label={t('rules.title')} Icon={IconBellCog} onClick={onOpenRules} />
        {/* In an installation of several processes, channels and their deliveries belong to other processes. */}
        {!isReadOnly && <HeaderButton label={t('channels.title')} Icon={IconSend} onClick={onOpenChannels} />}
        {!isReadOnly && (
          <HeaderButton
            label={t('transfer.title')}
            Icon={IconArrowsTransferUpDown}
            onClick={onOpenTransfer}
          />
        )}
        <HeaderButton label={t('settings.title')} Icon={IconSettings} onClick={onOpenSettings} />
      </span>
    </header>
  );
}

/** A button that goes to the alerts, with the number of unread ones. */
function AlertsButton() {
  const count = useUnreadIds().length;
  const label = count === 0 ? t('alerts.title') : t('alerts.title-unread', { count });
  return (
    <span className={classes.alerts}>
      <HeaderButton label={label} Icon={IconBell} onClick={() => focusPart('alerts')} />
      {count > 0 && (
        <span className={classes.unread} aria-hidden="true" data-testid="unread">
          {count > MAX_COUNTED ? `${MAX_COUNTED}+` : count}
        </span>
      )}
    </span>
  );
}

/** A larger number does not fit next to the icon. */
const MAX_COUNTED = 99;

const SCHEMES: Readonly<
  Record<MantineColorScheme, { readonly next: MantineColorScheme; readonly Icon: typeof IconSun }>
> = {
  auto: { next: 'light', Icon: IconDeviceDesktop },
  light: { next: 'dark', Icon: IconSun },
  dark: { next: 'auto', Icon: IconMoon },
};

function SchemeButton() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { next, Icon } = SCHEMES[colorScheme];
  const label = t('page.colours', { now: colorScheme, next });
  return <HeaderButton label={label} Icon={Icon} onClick={() => setColorScheme(next)} />;
}

type HeaderButtonProps = {
  readonly label: string;
  readonly Icon: typeof IconSun;
  readonly onClick: () => void;
};

function HeaderButton({ label, Icon, onClick }: HeaderButtonProps) {
  return (
    <ActionIcon variant="subtle" color="gray" aria-label={label} title={label} onClick={onClick}>
      <Icon size={18} stroke={1.6} />
    </ActionIcon>
  );
}
