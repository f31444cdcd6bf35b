import { describe, expect, it } from 'vitest';
import { settingsSchema } from './settings.ts';
import { UNSAFE_PORTS } from './unsafe-ports.ts';

describe('ports that browsers refuse', () => {
  it('are refused by fetch, too, which follows the same list', async () => {
    for (const port of UNSAFE_PORTS) {
      await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({
        cause: { message: 'bad port' },
      });
    }
  });

  it('are refused as the port of the page, and others are not', () => {
    const { port } = settingsSchema.shape;
    expect(port.safeParse(6_000).error?.issues[0]?.message).toContain('browsers refuse to open');
    for (const good of [null, 0, 80, 8_080, 65_535]) expect(port.safeParse(good).success).toBe(true);
  });
});
