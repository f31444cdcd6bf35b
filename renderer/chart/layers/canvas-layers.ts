import { candleLayer } from './candle-layer.ts';
import type { CanvasLayer } from './canvas-layer.ts';
import { comparedLayer } from './compared-layer.ts';
import { gapLayer } from './gap-layer.ts';
import { ruleFiringLayer } from './rule-firing-layer.ts';
import { sourceLayer } from './source-layer.ts';
import { studyLayer } from './study-layer.ts';
import { volumeLayer } from './volume-layer.ts';
import { volumeProfileLayer } from './volume-profile-layer.ts';

/** The layers from bottom to top. A new layer is a file and an entry here. */
export const CANVAS_LAYERS: readonly CanvasLayer[] = [
  gapLayer,
  sourceLayer,
  volumeProfileLayer,
  volumeLayer,
  studyLayer,
  candleLayer,
  comparedLayer,
  ruleFiringLayer,
];
