import type { ScenePane } from '../model/scene.ts';
import type { Drawing } from './canvas-layer.ts';

/** Clips what is drawn afterwards to a pane, until the context is restored. */
export function clipToPane(
  { context, scene, ratio }: Drawing,
  pane: Pick<ScenePane, 'top' | 'bottom'>,
): void {
  const { left, right } = scene.plot;
  context.beginPath();
  context.rect(left * ratio, pane.top * ratio, (right - left) * ratio, (pane.bottom - pane.top) * ratio);
  context.clip();
}
