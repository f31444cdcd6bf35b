import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright';
import pngToIco from 'png-to-ico';
import { findChromium } from './find-chromium.ts';

const BUILD = join(import.meta.dirname, '../build');

const LINUX_SIZES = [16, 24, 32, 48, 64, 128, 256, 512] as const;
const WINDOWS_SIZES = [16, 24, 32, 48, 256] as const;
const WINDOWS_TRAY_SIZES = [16, 20, 24, 32] as const;
const LARGEST = 1_024;

/** Apple's icon grid: a shape of 824 pixels on a canvas of 1024, so that it matches other icons in the Dock. */
const MAC_SHAPE = 824 / 1_024;

const TRAY_STATES = ['calm', 'alert', 'stale'] as const;
const TRAY_SIZE = 16;

/** The tile makes the glyph readable on light and on dark panels. */
const COLOURED = `
  .tile { fill: #1d2228 }
  .candles { fill: #f1f3f5 }
  .faint { fill: #8a929c }
  .dot { fill: #ff9f1a }
  .cross { stroke: #ff7a70 }
`;

/** macOS uses only the alpha channel and applies the colour of the menu bar. */
const TEMPLATE = `
  .tile { fill: none }
  .candles, .dot { fill: #000 }
  .faint { opacity: 0.55 }
  .cross { stroke: #000 }
`;

type Drawing = {
  /** Name in build/sources, without `.svg`. */
  readonly source: string;
  readonly style?: string;
  /** The fraction of the canvas that the drawing fills; 1 by default. */
  readonly scale?: number;
};

/** Renders a file of build/sources as a PNG with a transparent background, `size` pixels wide and high. */
async function draw(browser: Browser, { source, style = '', scale = 1 }: Drawing, size: number) {
  const svg = readFileSync(join(BUILD, 'sources', `${source}.svg`), 'utf8');
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  const shape = `${scale * 100}%`;
  await page.setContent(
    `<style>
      html, body { margin: 0; height: 100%; background: transparent }
      body { display: grid; place-content: center; grid: ${shape} / ${shape} }
      ${style}
    </style>${svg}`,
  );
  const png = await page.screenshot({ omitBackground: true });
  await page.close();
  return png;
}

async function drawIco(browser: Browser, drawing: Drawing, sizes: readonly number[]): Promise<Buffer> {
  const pngs: Buffer[] = [];
  for (const size of sizes) pngs.push(await draw(browser, drawing, size));
  return pngToIco(pngs);
}

async function drawApp(browser: Browser): Promise<void> {
  const app = { source: 'app' };
  writeFileSync(join(BUILD, 'icon.png'), await draw(browser, app, LARGEST));
  writeFileSync(join(BUILD, 'icon-mac.png'), await draw(browser, { ...app, scale: MAC_SHAPE }, LARGEST));
  writeFileSync(join(BUILD, 'icon.ico'), await drawIco(browser, app, WINDOWS_SIZES));
  for (const size of LINUX_SIZES) {
    writeFileSync(join(BUILD, 'icons', `${size}x${size}.png`), await draw(browser, app, size));
  }
}

async function drawTray(browser: Browser): Promise<void> {
  for (const state of TRAY_STATES) {
    const coloured = { source: `tray-${state}`, style: COLOURED };
    const template = { source: `tray-${state}`, style: TEMPLATE };
    const file = (end: string): string => join(BUILD, 'tray', `${state}${end}`);
    writeFileSync(file('.png'), await draw(browser, coloured, TRAY_SIZE));
    writeFileSync(file('@2x.png'), await draw(browser, coloured, 2 * TRAY_SIZE));
    writeFileSync(file('Template.png'), await draw(browser, template, TRAY_SIZE));
    writeFileSync(file('Template@2x.png'), await draw(browser, template, 2 * TRAY_SIZE));
    writeFileSync(file('.ico'), await drawIco(browser, coloured, WINDOWS_TRAY_SIZES));
  }
}

/** Renders all icons of the app and the tray from build/sources. The results are committed. */
async function drawIcons(): Promise<void> {
  for (const folder of ['icons', 'tray']) mkdirSync(join(BUILD, folder), { recursive: true });
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  try {
    await drawApp(browser);
    await drawTray(browser);
  } finally {
    await browser.close();
  }
}

await drawIcons();
