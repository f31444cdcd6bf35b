import type { Rectangle } from 'electron';
import type { Place } from '../../shared/contract/place.ts';
import type { Request } from '../../shared/contract/wire.ts';

/** A line of a menu; separators are dashes. */
export type MenuLine = {
  readonly label: string;
  readonly checked?: boolean;
  readonly enabled?: boolean;
  readonly submenu?: readonly MenuLine[];
};

/** What a user sees of the program, and its CPU usage. */
export type DesktopView = {
  readonly tray: {
    readonly image: string;
    readonly toolTip: string;
    readonly menu: readonly MenuLine[];
  } | null;
  readonly applicationMenu: readonly MenuLine[];
  readonly window: {
    readonly isVisible: boolean;
    readonly url: string;
    readonly bounds: Rectangle;
    /** Places that the host has requested of the page. */
    readonly shown: readonly Place[];
  } | null;
  readonly notifications: readonly {
    readonly title: string;
    readonly body: string;
    readonly silent: boolean;
  }[];
  readonly cpu: NodeJS.CpuUsage;
};

/** Actions of the user or the operating system. */
export type DesktopCommand =
  | { readonly do: 'inspect' }
  | { readonly do: 'click-menu' | 'press-menu-key'; readonly path: readonly string[] }
  | { readonly do: 'click-tray' | 'close-window' | 'crash-page' }
  | { readonly do: 'click-notification'; readonly index: number }
  | { readonly do: 'move-window'; readonly bounds: Rectangle }
  | { readonly do: 'power'; readonly event: 'suspend' | 'resume' | 'shutdown' }
  | { readonly do: 'ask'; readonly request: Request; readonly frame: 'main' | 'foreign' };
