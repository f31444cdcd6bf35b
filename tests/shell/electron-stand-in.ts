import { EventEmitter } from 'node:events';
import { appendFileSync, existsSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type * as Electron from 'electron';
import type { EventMessage } from '../../shared/contract/events.ts';
import type { Request as PageRequest } from '../../shared/contract/wire.ts';
import type { DesktopCommand, DesktopView, MenuLine } from './desktop-protocol.ts';

/*
 * Replaces the module `electron` on machines without its binary: the parts that the main process uses, with variables in place of an
 * operating system. `desktop-program.ts` reads and changes them from another process.
 */

const WORK_AREA: Electron.Rectangle = { x: 0, y: 0, width: 1_920, height: 1_080 };
const READY_AFTER_MS = 5;

type Preventable = { defaultPrevented: boolean; preventDefault(): void };

function preventable(): Preventable {
  return {
    defaultPrevented: false,
    preventDefault() {
      this.defaultPrevented = true;
    },
  };
}

const paths = new Map<string, string>();
const loginItems = new Map<string, boolean>();
const openedOutside: string[] = [];
const shownErrors: string[] = [];
let lock: DatabaseSync | undefined;

class StandInApp extends EventEmitter {
  readonly isPackaged = false;
  getAppPath = () => process.cwd();
  setName = () => undefined;
  getVersion = () => '0.0.0';
  setAppUserModelId = () => undefined;
  whenReady = () => new Promise<void>((resolve) => setTimeout(resolve, READY_AFTER_MS));

  setPath(name: string, path: string): void {
    if (!existsSync(path)) throw new Error(`Path ${path} does not exist`);
    paths.set(name, path);
  }

  getPath(name: string): string {
    return paths.get(name) ?? process.cwd();
  }

  /**
   * As in Chromium, the lock belongs to the user data folder, and an instance that does not get it passes its
   * arguments on.
   */
  requestSingleInstanceLock(): boolean {
    const folder = this.getPath('userData');
    const calls = join(folder, 'second-instances');
    const database = new DatabaseSync(join(folder, 'instance.lock'), { timeout: 0 });
    try {
      database.exec('begin immediate');
    } catch {
      database.close(); // held by the first instance
      appendFileSync(calls, `${JSON.stringify(process.argv)}\n`);
      return false;
    }
    lock = database;
    writeFileSync(calls, '');
    let read = 0;
    // Watched and not polled, because CPU time of the stand-in is measured as the app's.
    watch(calls, { persistent: false }, () => {
      const lines = readFileSync(calls, 'utf8').split('\n').slice(0, -1);
      for (const line of lines.slice(read)) this.emit('second-instance', {}, JSON.parse(line), folder);
      read = lines.length;
    });
    return true;
  }

  getLoginItemSettings(options?: Electron.LoginItemSettingsOptions): { openAtLogin: boolean } {
    return { openAtLogin: loginItems.get(String(options?.args ?? '')) ?? false };
  }

  setLoginItemSettings({ args, openAtLogin }: Electron.Settings): void {
    loginItems.set(String(args ?? ''), openAtLogin ?? false);
  }

  quit(): void {
    const event = preventable();
    this.emit('before-quit', event);
    if (event.defaultPrevented) return;
    for (const window of windows) window.close();
    if (windows.some((window) => !window.isDestroyed())) return;
    this.emit('will-quit', preventable());
    this.emit('quit', {}, 0);
    this.exit(0);
  }

  exit(code = 0): void {
    lock?.close();
    process.exit(code);
  }
}
export const app = new StandInApp();

export const dialog = {
  showErrorBox: (title, content) => {
    shownErrors.push(`${title}: ${content}`);
    process.stderr.write(`${title}: ${content}\n`);
  },
  // As if the user closed each dialog.
  showMessageBox: async () => ({ response: 0, checkboxChecked: false }),
} satisfies Pick<Electron.Dialog, 'showErrorBox'> & {
  showMessageBox(): Promise<Electron.MessageBoxReturnValue>;
};

/** As on a machine without a keyring, like most Linux servers. */
export const safeStorage = {
  isAsyncEncryptionAvailable: async () => false,
  getSelectedStorageBackend: () => 'basic_text',
  encryptStringAsync: async () => {
    throw new Error('There is no key.');
  },
  decryptStringAsync: async () => {
    throw new Error('There is no key.');
  },
} satisfies Pick<
  Electron.SafeStorage,
  'isAsyncEncryptionAvailable' | 'getSelectedStorageBackend' | 'encryptStringAsync' | 'decryptStringAsync'
>;

type Handler = (event: { senderFrame: unknown }, message: unknown) => unknown;
const handlers = new Map<string, Handler>();
export const ipcMain = Object.assign(new EventEmitter(), {
  handle: (channel: string, handler: Handler): void => void handlers.set(channel, handler),
  removeHandler: (channel: string): void => void handlers.delete(channel),
});

type PageHandler = (request: Request) => Response | Promise<Response>;
const schemes = new Map<string, PageHandler>();
export const protocol = {
  registerSchemesAsPrivileged: () => undefined,
  handle: (scheme: string, handler: PageHandler): void => void schemes.set(scheme, handler),
};

class StandInContents extends EventEmitter {
  readonly mainFrame = { url: '' };
  readonly sent: EventMessage[] = [];
  send(_channel: string, message: EventMessage): void {
    this.sent.push(structuredClone(message));
  }
  setWindowOpenHandler(): void {}
}

const windows: StandInWindow[] = [];

class StandInWindow extends EventEmitter {
  readonly webContents = new StandInContents();
  private bounds: Electron.Rectangle;
  private visible = false;
  private focused = false;
  private destroyed = false;

  constructor({ x = 100, y = 100, width = 800, height = 600 }: Electron.BrowserWindowConstructorOptions) {
    super();
    this.bounds = { x, y, width, height };
    windows.push(this);
    app.emit('web-contents-created', {}, this.webContents);
  }

  async loadURL(url: string): Promise<void> {
    const handler = schemes.get(new URL(url).protocol.replace(':', ''));
    const response = await handler?.(new Request(url));
    if (response?.status !== 200) {
      this.webContents.emit('did-fail-load', {}, -6, 'ERR_FILE_NOT_FOUND', url, true);
      throw new Error(`ERR_FILE_NOT_FOUND loading ${url}`);
    }
    this.webContents.mainFrame.url = url;
    this.webContents.emit('did-finish-load');
  }

  show(): void {
    this.visible = true;
    this.emit('show');
    this.focus();
  }
  focus(): void {
    this.focused = true;
    this.emit('focus');
  }
  hide(): void {
    this.visible = false;
    this.focused = false;
    this.emit('blur');
    this.emit('hide');
  }
  close(): void {
    if (this.destroyed) return;
    const event = preventable();
    this.emit('close', event);
    if (!event.defaultPrevented) this.destroy();
  }
  destroy(): void {
    this.destroyed = true;
    this.visible = false;
    this.emit('closed');
  }
  maximize(): void {}
  restore(): void {}
  isMinimized = () => false;
  isMaximized = () => false;
  isVisible = () => this.visible;
  isFocused = () => this.focused;
  isDestroyed = () => this.destroyed;
  getNormalBounds = () => this.bounds;
  setBounds(bounds: Electron.Rectangle): void {
    this.bounds = bounds;
  }
}
export const BrowserWindow = StandInWindow;

const notifications: StandInNotification[] = [];
class StandInNotification extends EventEmitter {
  static isSupported = () => true;
  readonly options: Electron.NotificationConstructorOptions;
  constructor(options: Electron.NotificationConstructorOptions) {
    super();
    this.options = options;
  }
  show(): void {
    notifications.push(this);
  }
  close(): void {}
}
export const Notification = StandInNotification;

type Image = { readonly path: string; setTemplateImage(): void };
export const nativeImage = {
  createFromPath: (path: string): Image => ({ path, setTemplateImage: () => undefined }),
};

type StandInMenu = { readonly template: readonly Electron.MenuItemConstructorOptions[] };
let applicationMenu: StandInMenu = { template: [] };
export const Menu = {
  buildFromTemplate: (template: readonly Electron.MenuItemConstructorOptions[]): StandInMenu => ({
    template,
  }),
  setApplicationMenu: (menu: StandInMenu): void => {
    applicationMenu = menu;
  },
};

let tray: StandInTray | null = null;
class StandInTray extends EventEmitter {
  image: Image;
  toolTip = '';
  title = '';
  menu: StandInMenu = { template: [] };
  constructor(image: Image) {
    super();
    this.image = image;
    tray = this;
  }
  setImage(image: Image): void {
    this.image = image;
  }
  setToolTip(text: string): void {
    this.toolTip = text;
  }
  setTitle(title: string): void {
    this.title = title;
  }
  setContextMenu(menu: StandInMenu): void {
    this.menu = menu;
  }
  destroy(): void {
    tray = null;
  }
}
export const Tray = StandInTray;

export const powerMonitor = new EventEmitter();
export const nativeTheme = { shouldUseDarkColors: false };
export const net = {
  isOnline: () => true,
  fetch: (input, init) => fetch(input, init),
} satisfies Pick<Electron.Net, 'isOnline' | 'fetch'>;
export const shell = {
  openExternal: async (url: string) => void openedOutside.push(url),
} satisfies Pick<Electron.Shell, 'openExternal'>;
export const screen = Object.assign(new EventEmitter(), {
  getAllDisplays: () => [{ workArea: WORK_AREA }],
});
export const session = {
  defaultSession: {
    setPermissionRequestHandler: () => undefined,
    setPermissionCheckHandler: () => undefined,
    setDevicePermissionHandler: () => undefined,
    resolveProxy: async () => 'DIRECT',
  },
};

function lines(template: readonly Electron.MenuItemConstructorOptions[]): readonly MenuLine[] {
  return template.map(({ label = '', role, type, checked, enabled, submenu }) => ({
    label: type === 'separator' ? '—' : label || String(role ?? ''),
    ...(checked === undefined ? {} : { checked }),
    ...(enabled === undefined ? {} : { enabled }),
    ...(Array.isArray(submenu) ? { submenu: lines(submenu) } : {}),
  }));
}

function view(): DesktopView {
  const [window] = windows;
  return {
    tray: tray && { image: tray.image.path, toolTip: tray.toolTip, menu: lines(tray.menu.template) },
    applicationMenu: lines(applicationMenu.template),
    window:
      window === undefined || window.isDestroyed()
        ? null
        : {
            isVisible: window.isVisible(),
            url: window.webContents.mainFrame.url,
            bounds: window.getNormalBounds(),
            shown: window.webContents.sent.flatMap((message) =>
              message.event === 'show' ? [message.payload] : [],
            ),
          },
    notifications: notifications.map(({ options: { title = '', body = '', silent = false } }) => ({
      title,
      body,
      silent,
    })),
    cpu: process.cpuUsage(),
  };
}

/** Clicks a line of a menu. The path contains the beginning of a label for each level. */
function click(menu: StandInMenu, path: readonly string[]): void {
  let items = menu.template;
  let found: Electron.MenuItemConstructorOptions | undefined;
  for (const start of path) {
    found = items.find(({ label }) => label?.startsWith(start));
    if (found === undefined) throw new Error(`The menu has no line "${start}".`);
    items = Array.isArray(found.submenu) ? found.submenu : [];
  }
  found?.click?.({} as Electron.MenuItem, undefined, {} as Electron.KeyboardEvent);
}

async function call(request: PageRequest, frame: 'main' | 'foreign'): Promise<unknown> {
  const [handler] = handlers.values();
  const own = windows[0]?.webContents.mainFrame;
  const senderFrame = frame === 'main' ? own : { url: own?.url };
  try {
    return await handler?.({ senderFrame }, request);
  } catch (cause) {
    return { refused: cause instanceof Error ? cause.message : String(cause) };
  }
}

async function obey(command: DesktopCommand): Promise<unknown> {
  const [window] = windows;
  switch (command.do) {
    case 'inspect':
      return view();
    case 'click-menu':
      return tray && click(tray.menu, command.path);
    case 'press-menu-key':
      return click(applicationMenu, command.path);
    case 'click-tray':
      return void tray?.emit('click');
    case 'click-notification':
      return void notifications[command.index]?.emit('click');
    case 'close-window':
      return window?.close();
    case 'move-window':
      return window?.setBounds(command.bounds);
    case 'crash-page':
      return void window?.webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 139 });
    case 'power':
      return void powerMonitor.emit(command.event, preventable());
    case 'ask':
      return call(command.request, command.frame);
  }
}

process.on('message', ({ id, command }: { id: number; command: DesktopCommand }) => {
  obey(command).then(
    (result) => process.send?.({ id, result }),
    (cause: unknown) => process.send?.({ id, error: String(cause) }),
  );
});
