import { PRICE_PANE } from '../model/chart-layout.ts';
import { volumeProfile } from '../model/volume-profile.ts';
import type { CanvasLayer } from './canvas-layer.ts';
import { clipToPane } from './clip-to-pane.ts';

const PX_PER_PART = 6;
/** The share of the plot's width that the longest bar has. */
const MAX_SHARE = 0.25;
const ALPHA = 0.35;

/** The traded volume by price in the visible range, as bars from the right edge. */
export const volumeProfileLayer: CanvasLayer = {
  id: 'volume-profile',
  closed(drawing) {
    const { context, scene, palette, ratio } = drawing;
    const { inputs, candles, first, end, plot } = scene;
    const pane = scene.panes.get(PRICE_PANE);
    if (pane === undefined || !inputs.hasVolumeProfile || inputs.volumeKind !== 'traded') return;
    const parts = Math.max(1, Math.floor((pane.bottom - pane.top) / PX_PER_PART));
    const [low, high] = pane.axis.domain;
    const profile = volumeProfile(candles, first, end, [low, high], parts);
    const max = profile.reduce((largest, one) => Math.max(largest, one), 0);
    if (max === 0) return;
    const maxWidth = (plot.right - plot.left) * MAX_SHARE;
    context.save();
    clipToPane(drawing, pane);
    context.globalAlpha = ALPHA;
    context.fillStyle = palette.faint;
    for (const [part, traded] of profile.entries()) {
      const bottom = pane.y(low + ((high - low) * part) / parts) * ratio;
      const top = pane.y(low + ((high - low) * (part + 1)) / parts) * ratio;
      const width = (traded / max) * maxWidth * ratio;
      context.fillRect(
        plot.right * ratio - width,
        Math.min(top, bottom),
        width,
        Math.max(1, Math.abs(bottom - top) - ratio),
      );
    }
    context.restore();
  },
};
