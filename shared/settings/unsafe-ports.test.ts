import { describe, expect, it } from 'vitest';
import { faultOfIssue } from '../messages/fault-of-issue.ts';
import { text } from '../messages/message.ts';
import { settingsSchema } from './settings.ts';
import { UNSAFE_PORTS } from './unsafe-ports.ts';

describe('ports that browsers refuse', () => {
  it('are also refused by fetch, which uses the same list', async () => {
    for (const port of UNSAFE_PORTS) {
      await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({
        cause: { message: 'bad port' },
      });
    }
  });

  it('are refused as the port of the page, but others are not', () => {
    const { port } = settingsSchema.shape;
    const issues = port.safeParse(6_000).error?.issues ?? [];
    expect(issues.map((issue) => text(faultOfIssue(issue)))).toEqual([
      'is a port that browsers refuse to open; choose another, e.g. 8080',
    ]);
    for (const good of [null, 0, 80, 8_080, 65_535]) expect(port.safeParse(good).success).toBe(true);
  });
});
