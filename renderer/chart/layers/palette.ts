/** The page's colours and fonts in the form that a canvas accepts. */
export type Palette = {
  readonly panel: string;
  readonly line: string;
  readonly strong: string;
  readonly ink: string;
  readonly faint: string;
  readonly up: string;
  readonly down: string;
  readonly wick: string;
  readonly volume: string;
  readonly warn: string;
  readonly focus: string;
  /** The CSS `font-family`. */
  readonly font: string;
  /** The colours of studies and compared coins. */
  readonly studies: readonly string[];
  /** Whether forced colours are active, of which there may be only two. */
  readonly isForced: boolean;
};

/** The number of colours of studies and compared coins before they repeat. */
const STUDY_COLORS = 6;

/** Reads the computed colours of an element. */
export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const color = (name: string): string => style.getPropertyValue(name).trim() || '#888';
  return {
    panel: color('--panel'),
    line: color('--line'),
    strong: color('--line-strong'),
    ink: color('--ink-1'),
    faint: color('--ink-3'),
    up: color('--up'),
    down: color('--down'),
    wick: color('--wick'),
    volume: color('--volume'),
    warn: color('--warn'),
    focus: color('--focus'),
    font: style.fontFamily,
    studies: Array.from({ length: STUDY_COLORS }, (_, index) => color(`--study-${index}`)),
    isForced: matchMedia('(forced-colors: active)').matches,
  };
}
