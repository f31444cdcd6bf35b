import { describe, expect, it } from 'vitest';
import { svgContext } from './svg-context.ts';

describe('a drawing context that produces SVG', () => {
  it('writes rectangles and paths in their colours', () => {
    const context = svgContext('p');
    context.fillStyle = '#123';
    context.fillRect(1, 2.345, 3, 4);
    context.beginPath();
    context.lineTo(0, 0);
    context.lineTo(5, 5);
    context.strokeStyle = 'red';
    context.setLineDash([2, 3]);
    context.stroke();
    expect(context.markup()).toBe(
      '<defs></defs><rect x="1" y="2.35" width="3" height="4" fill="#123"/>' +
        '<path d="M0 0L5 5" fill="none" stroke="red" stroke-width="1" stroke-dasharray="2 3"/>',
    );
  });

  it('applies clipping and opacity until it is restored', () => {
    const context = svgContext('p');
    context.save();
    context.beginPath();
    context.rect(0, 0, 9, 9);
    context.clip();
    context.globalAlpha = 0.5;
    context.fillRect(0, 0, 1, 1);
    context.restore();
    context.fillRect(0, 0, 1, 1);
    const [, faded, plain] = context.markup().split('<rect');
    expect(faded).toContain('opacity="0.5" clip-path="url(#p0)"');
    expect(plain).not.toContain('clip-path');
    expect(context.markup()).toContain('<clipPath id="p0"><path d="M0 0h9v9h-9Z"/></clipPath>');
  });

  it('escapes colours in attributes', () => {
    const context = svgContext('p');
    context.fillStyle = '"><script>';
    context.fillRect(0, 0, 1, 1);
    expect(context.markup()).not.toContain('<script>');
  });
});
