import { ActionIcon, type MantineColorScheme, useMantineColorScheme } from '@mantine/core';
import { IconDeviceDesktop, IconMoon, IconSettings, IconSun } from '@tabler/icons-react';
import { useConnection } from '../api/use-connection.ts';
import { useSnapshot } from '../api/use-snapshot.ts';
import classes from './header.module.css';
import { overallWords } from './status-words.ts';

type HeaderProps = { readonly onOpenSettings: () => void };

/** The name, the overall state in one word, and the buttons. */
export function Header({ onOpenSettings }: HeaderProps) {
  const connection = useConnection();
  const feed = useSnapshot((snapshot) => snapshot.status.feed);
  const isSimulated = useSnapshot((snapshot) => snapshot.simulated) ?? false;
  const clockSpeed = useSnapshot((snapshot) => snapshot.clockSpeed) ?? 1;
  const { tone, text } = overallWords(connection, feed);
  return (
    <header className={classes.header}>
      <h1>Crypto Price Monitor</h1>
      <span className={classes.state} data-tone={tone} role="status" data-testid="connection">
        {text}
      </span>
      {isSimulated && (
        <strong className={classes.simulated} data-testid="simulated">
          Simulated market
          {clockSpeed !== 1 && <span>{clockSpeed}× speed</span>}
        </strong>
      )}
      <span className={classes.actions}>
        <SchemeButton />
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label="Settings"
          title="Settings"
          onClick={onOpenSettings}
        >
          <IconSettings size={18} stroke={1.6} />
        </ActionIcon>
      </span>
    </header>
  );
}

const SCHEMES: Readonly<
  Record<
    MantineColorScheme,
    { readonly next: MantineColorScheme; readonly name: string; readonly Icon: typeof IconSun }
  >
> = {
  auto: { next: 'light', name: 'like the system', Icon: IconDeviceDesktop },
  light: { next: 'dark', name: 'light', Icon: IconSun },
  dark: { next: 'auto', name: 'dark', Icon: IconMoon },
};

function SchemeButton() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { next, name, Icon } = SCHEMES[colorScheme];
  const label = `Colours: ${name}. Change to ${SCHEMES[next].name}`;
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={label}
      title={label}
      onClick={() => setColorScheme(next)}
    >
      <Icon size={18} stroke={1.6} />
    </ActionIcon>
  );
}
