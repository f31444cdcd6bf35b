import { join } from 'node:path';
import type { AfterPackContext, LinuxPackager } from 'app-builder-lib';
import { LinuxTargetHelper } from 'app-builder-lib/out/targets/LinuxTargetHelper.js';

/** The file name of the desktop entry beside a packed app. */
export const DESKTOP_ENTRY = 'crypto-price-monitor.desktop';

/** Hook of electron-builder: also writes the desktop entry of AppImage, deb and rpm beside the packed app. */
export async function afterPack({ packager, appOutDir }: AfterPackContext): Promise<void> {
  const linux = packager as LinuxPackager;
  const helper = new LinuxTargetHelper(linux);
  const entry = join(appOutDir, DESKTOP_ENTRY);
  await helper.writeDesktopEntry(linux.platformSpecificBuildOptions, undefined, entry);
}
