import { message } from '../../../shared/messages/message.ts';
import { MessageError } from '../../../shared/messages/message-error.ts';
import { CANVAS_LAYERS } from '../layers/canvas-layers.ts';
import { type Palette, readPalette } from '../layers/palette.ts';
import { svgContext } from '../layers/svg-context.ts';
import type { Scene } from '../model/scene.ts';

export type PictureWords = {
  /** The coin, currency and interval. */
  readonly title: string;
  /** Names of the lines over the candles, which are not on the chart itself. */
  readonly legend: readonly LegendEntry[];
  /** The sources of its prices, and its time. */
  readonly source: string;
};

export type LegendEntry = {
  readonly name: string;
  /** The number of the colour for studies; null for the colour of text. */
  readonly color: number | null;
};

const HEAD = 34;
const FOOT = 20;
const MARGIN = 12;
const LEGEND_LINE = 16;
const CHARACTER_WIDTH = 6.6;
/** The space between two names of the legend. */
const SPACE = 14;
/** The computed styles that are copied into a picture. */
const CARRIED = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'paint-order',
  'font-family',
  'font-size',
  'font-weight',
  'opacity',
  'visibility',
  'transform',
] as const;

/**
 * The chart as it is on the screen, as an SVG document with a title and its source. The layers on canvases are drawn again as
 * shapes.
 *
 * @param element contains the chart's axes and marks
 */
export function chartSvg(
  element: HTMLElement,
  scene: Scene,
  { title, legend, source }: PictureWords,
): string {
  const { width, height } = scene.inputs.layout;
  const names = placedNames(legend, width);
  const head = HEAD + ((names.at(-1)?.row ?? -1) + 1) * LEGEND_LINE;
  const pictureHeight = head + height + FOOT;
  const palette = readPalette(element);
  const layers = svgContext('layer');
  const drawing = { context: layers, scene, palette, ratio: 1 };
  for (const layer of CANVAS_LAYERS) layer.closed?.(drawing);
  for (const layer of CANVAS_LAYERS) layer.live?.(drawing);
  const [axes, ...marks] = [...element.querySelectorAll('svg')].map(carried);
  const font = getComputedStyle(element).fontFamily.replaceAll('"', "'");
  const words = (text: string, x: number, y: number, size: number, color: string) =>
    `<text x="${x}" y="${y}" font-family="${font}" font-size="${size}" fill="${color}">${escapeText(text)}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${pictureHeight}" viewBox="0 0 ${width} ${pictureHeight}">`,
    `<title>${escapeText(title)}</title>`,
    `<rect width="100%" height="100%" fill="${palette.panel}"/>`,
    words(title, MARGIN, 22, 15, palette.ink),
    ...names.map(({ name, color, x, row }) =>
      words(name, x, 39 + row * LEGEND_LINE, 11, colorOf(color, palette)),
    ),
    `<g transform="translate(0 ${head})">`,
    axes ?? '',
    layers.markup(),
    ...marks,
    '</g>',
    words(source, MARGIN, head + height + 14, 11, palette.faint),
    '</svg>',
  ].join('');
}

const colorOf = (color: number | null, { studies, ink }: Palette): string =>
  (color === null ? undefined : studies[color % studies.length]) ?? ink;

/** The names of a legend in as many rows as the width of the picture needs. */
function placedNames(
  legend: readonly LegendEntry[],
  width: number,
): readonly (LegendEntry & { readonly x: number; readonly row: number })[] {
  let x = MARGIN;
  let row = 0;
  return legend.map((entry) => {
    const length = entry.name.length * CHARACTER_WIDTH;
    if (x > MARGIN && x + length > width - MARGIN) {
      x = MARGIN;
      row += 1;
    }
    const placed = { ...entry, x, row };
    x += length + SPACE;
    return placed;
  });
}

/** A copy of an SVG element, as markup, with the styles of the page's style sheets inlined. */
function carried(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const originals = [svg, ...svg.querySelectorAll('*')];
  const copies = [copy, ...copy.querySelectorAll('*')];
  for (const [index, original] of originals.entries()) {
    const target = copies[index];
    if (target === undefined) continue;
    const style = getComputedStyle(original);
    const rules = CARRIED.map((name) => [name, style.getPropertyValue(name)] as const)
      .filter(([name, value]) => value !== '' && !(name === 'transform' && value === 'none'))
      .map(([name, value]) => `${name}:${value}`);
    target.removeAttribute('class');
    target.setAttribute('style', rules.join(';'));
  }
  // Its size comes from the page's layout, which a picture does not have.
  copy.setAttribute('width', String(svg.clientWidth));
  copy.setAttribute('height', String(svg.clientHeight));
  return new XMLSerializer().serializeToString(copy);
}

/** A picture as PNG, in twice the resolution of the page, so that it is sharp on other screens. */
export async function svgToPng(svg: string): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.naturalWidth * 2;
  canvas.height = image.naturalHeight * 2;
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) reject(new MessageError(message('share.no-picture')));
      else resolve(blob);
    }, 'image/png');
  });
}

const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
