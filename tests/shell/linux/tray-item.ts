import { z } from 'zod';
import { callBus, run, TRAY_WATCHER } from './session-bus.ts';

/** A line of the tray's menu. Separators are dashes. */
export type MenuLine = {
  readonly id: number;
  readonly label: string;
  readonly isEnabled: boolean;
  readonly isChecked: boolean;
  readonly lines: readonly MenuLine[];
};

/** A program's tray icon, which is read and used like a panel does. */
export type TrayItem = {
  toolTip(): Promise<string>;
  /** Whether the icon has a pixel of this colour, as `#rrggbb`. */
  hasColour(colour: string): Promise<boolean>;
  click(): Promise<void>;
  menu(): Promise<readonly MenuLine[]>;
  /** Chooses a line of the menu, by a label for each level. */
  choose(...labels: readonly string[]): Promise<void>;
};

/** Colours of build/sources: the background, and the distinctive colour of each state. */
export const TILE_COLOUR = '#1d2228';
export const ALERT_COLOUR = '#ff9f1a';
export const STALE_COLOUR = '#ff7a70';

const ITEM = 'org.kde.StatusNotifierItem';
const MENU = 'com.canonical.dbusmenu';

/** @param pid the program's main process */
export function trayItemOf(pid: number): TrayItem {
  const property = async <T>(name: string, data: z.ZodType<T>): Promise<T> =>
    callBus(data, 'get-property', ...(await findItem(pid)), ITEM, name);

  const findMenu = async (): Promise<readonly [string, string]> => {
    const [owner] = await findItem(pid);
    return [owner, await property('Menu', z.string())];
  };

  const menu = async (): Promise<readonly MenuLine[]> => {
    const whole = ['GetLayout', 'iias', '0', '-1', '0'];
    const [, root] = await callBus(layoutSchema, 'call', '--', ...(await findMenu()), MENU, ...whole);
    return lineOf(root).lines;
  };

  return {
    toolTip: async () => (await property('ToolTip', toolTipSchema))[2],
    async hasColour(colour) {
      const [r, g, b] = Buffer.from(colour.slice(1), 'hex');
      const [pixmap] = await property('IconPixmap', pixmapsSchema);
      const argb = pixmap?.[2] ?? [];
      return argb.some((_, at) => at % 4 === 1 && argb[at] === r && argb[at + 1] === g && argb[at + 2] === b);
    },
    async click() {
      const call = [...(await findItem(pid)), ITEM, 'Activate', 'ii', '0', '0'];
      await run('busctl', ['--user', 'call', ...call]);
    },
    menu,
    async choose(...labels) {
      for (;;) {
        const event = ['Event', 'isvu', String(lineAt(await menu(), labels).id), 'clicked', 'i', '0', '0'];
        try {
          await run('busctl', ['--user', 'call', ...(await findMenu()), MENU, ...event]);
          return;
        } catch (cause) {
          // The chosen item ended the program before it responded.
          if (String(cause).includes('without replying')) return;
          // The menu was rebuilt meanwhile, and no item has this id any more.
          if (!String(cause).includes('error occurred in Event')) throw cause;
        }
      }
    },
  };
}

function lineAt(menu: readonly MenuLine[], labels: readonly string[]): MenuLine {
  const [label, ...rest] = labels;
  const line = menu.find((one) => one.label === label && one.isEnabled);
  if (line === undefined) throw new Error(`The tray's menu has no line "${label}".`);
  return rest.length === 0 ? line : lineAt(line.lines, rest);
}

/** The bus name and the object of the tray icon that this process shows. */
async function findItem(pid: number): Promise<readonly [string, string]> {
  const known = 'RegisteredStatusNotifierItems';
  for (const item of await callBus(z.array(z.string()), 'get-property', ...TRAY_WATCHER, known)) {
    const slash = item.indexOf('/');
    const owner = item.slice(0, slash);
    const bus = ['org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus'];
    const question = ['GetConnectionUnixProcessID', 's', owner];
    const [ownerPid] = await callBus(z.tuple([z.number()]), 'call', ...bus, ...question);
    if (ownerPid === pid) return [owner, item.slice(slash)];
  }
  throw new Error(`The process ${pid} shows no tray icon.`);
}

const toolTipSchema = z.tuple([z.string(), z.unknown(), z.string(), z.string()]);
/** Width, height, and alpha, red, green, blue of each pixel. */
const pixmapsSchema = z.array(z.tuple([z.number(), z.number(), z.array(z.number())]));
const variantSchema = z.object({ data: z.union([z.string(), z.number(), z.boolean()]) });
const nodeSchema = z.tuple([
  z.number(),
  z.record(z.string(), variantSchema),
  z.array(
    z.object({
      get data() {
        return nodeSchema;
      },
    }),
  ),
]);
const layoutSchema = z.tuple([z.number(), nodeSchema]);

function lineOf([id, properties, children]: z.infer<typeof nodeSchema>): MenuLine {
  const { label, type, enabled, 'toggle-state': toggle } = properties;
  return {
    id,
    label: type?.data === 'separator' ? '—' : String(label?.data ?? ''),
    isEnabled: enabled?.data !== false,
    isChecked: toggle?.data === 1,
    lines: children.map(({ data }) => lineOf(data)),
  };
}
