import { join } from 'node:path';
import { packageRoot } from '../../../monitor/files/package-root.ts';

/** The app's icon for windows and notifications, in a form that can be spread into their options. */
export function appIcon(platform: NodeJS.Platform): { readonly icon?: string } {
  // On other systems the icon comes from the program's file. Of the sizes, most desktops request this one.
  return platform === 'linux' ? { icon: join(packageRoot(), 'build/icons/128x128.png') } : {};
}
