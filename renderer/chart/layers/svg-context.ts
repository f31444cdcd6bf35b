import type { DrawingContext } from './canvas-layer.ts';

type State = {
  readonly fillStyle: string;
  readonly strokeStyle: string;
  readonly globalAlpha: number;
  readonly lineWidth: number;
  readonly dash: readonly number[];
  readonly clipId: string | null;
};

/** A drawing context that produces SVG, for a picture that is sharp at any size. */
export type SvgContext = DrawingContext & {
  /** What was drawn, as the contents of an `svg` element. */
  markup(): string;
};

/** @param idPrefix the prefix of the ids in the markup, so that they are unique in a document */
export function svgContext(idPrefix: string): SvgContext {
  const elements: string[] = [];
  const definitions: string[] = [];
  const saved: State[] = [];
  let path = '';
  let dash: readonly number[] = [];
  let clipId: string | null = null;

  const write = (element: string, paint: string): void => {
    const alpha = context.globalAlpha === 1 ? '' : ` opacity="${context.globalAlpha}"`;
    const clip = clipId === null ? '' : ` clip-path="url(#${clipId})"`;
    elements.push(`<${element}${paint}${alpha}${clip}/>`);
  };
  const context: SvgContext = {
    fillStyle: '#000',
    strokeStyle: '#000',
    globalAlpha: 1,
    lineWidth: 1,
    lineJoin: 'miter',
    save() {
      const { fillStyle, strokeStyle, globalAlpha, lineWidth } = context;
      saved.push({
        fillStyle: String(fillStyle),
        strokeStyle: String(strokeStyle),
        globalAlpha,
        lineWidth,
        dash,
        clipId,
      });
    },
    restore() {
      const state = saved.pop();
      if (state === undefined) return;
      context.fillStyle = state.fillStyle;
      context.strokeStyle = state.strokeStyle;
      context.globalAlpha = state.globalAlpha;
      context.lineWidth = state.lineWidth;
      dash = state.dash;
      clipId = state.clipId;
    },
    beginPath() {
      path = '';
    },
    moveTo(x, y) {
      path += `M${short(x)} ${short(y)}`;
    },
    lineTo(x, y) {
      // Without a current point, `lineTo` acts as `moveTo`, as on a canvas.
      path += `${path === '' ? 'M' : 'L'}${short(x)} ${short(y)}`;
    },
    rect(x, y, width, height) {
      path += `M${short(x)} ${short(y)}h${short(width)}v${short(height)}h${short(-width)}Z`;
    },
    clip() {
      const id = `${idPrefix}${definitions.length}`;
      definitions.push(`<clipPath id="${id}"><path d="${path}"/></clipPath>`);
      clipId = id;
    },
    fill() {
      write(`path d="${path}"`, ` fill="${escaped(context.fillStyle)}"`);
    },
    stroke() {
      const dashes = dash.length === 0 ? '' : ` stroke-dasharray="${dash.join(' ')}"`;
      write(
        `path d="${path}" fill="none"`,
        ` stroke="${escaped(context.strokeStyle)}" stroke-width="${context.lineWidth}"${dashes}`,
      );
    },
    fillRect(x, y, width, height) {
      write(
        `rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"`,
        ` fill="${escaped(context.fillStyle)}"`,
      );
    },
    setLineDash(segments) {
      dash = [...segments];
    },
    markup: () => `<defs>${definitions.join('')}</defs>${elements.join('')}`,
  };
  return context;
}

const short = (value: number): string => String(Math.round(value * 100) / 100);

const escaped = (style: unknown): string =>
  String(style).replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
