import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type NativeImage, nativeImage } from 'electron';
import { message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';
import type { TrayIcon } from './tray-icon.ts';

/** Returns the image of each icon state, read once. Electron finds the `@2x` files beside them. */
export function trayImages(folder: string, platform: NodeJS.Platform): (icon: TrayIcon) => NativeImage {
  const images = new Map<TrayIcon, NativeImage>();
  return (icon) => {
    const known = images.get(icon);
    if (known !== undefined) return known;
    const image = nativeImage.createFromPath(imagePath(folder, icon, platform));
    if (platform === 'darwin') image.setTemplateImage(true);
    images.set(icon, image);
    return image;
  };
}

/** @throws MessageError when the installation lacks its icons, because the tray would be invisible */
function imagePath(folder: string, icon: TrayIcon, platform: NodeJS.Platform): string {
  const name =
    platform === 'win32' ? `${icon}.ico` : platform === 'darwin' ? `${icon}Template.png` : `${icon}.png`;
  const path = join(folder, name);
  if (!existsSync(path)) throw new MessageError(message('installation.no-icon', { path }));
  return path;
}
