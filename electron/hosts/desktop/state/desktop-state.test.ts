import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../../monitor/logging/logger.ts';
import { openDesktopState } from './desktop-state.ts';

const FRESH = { bounds: null, isMaximized: false, wasToldAboutHiding: false };
const bounds = { x: -5, y: 10, width: 900, height: 700 };

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'desktop-state-'));
  path = join(folder, 'desktop.json');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('what the desktop app remembers', () => {
  it('is there at the next start', () => {
    const first = openDesktopState(path, silentLog);
    first.change({ bounds });
    first.change({ wasToldAboutHiding: true });
    expect(openDesktopState(path, silentLog).current()).toEqual({
      bounds,
      isMaximized: false,
      wasToldAboutHiding: true,
    });
    expect(readdirSync(folder)).toEqual(['desktop.json']);
  });

  it.each(['', 'null', '[]', '{"bounds":', '\u0000'])('starts afresh from a file that holds %j', (text) => {
    writeFileSync(path, text);
    expect(openDesktopState(path, silentLog).current()).toEqual(FRESH);
  });

  it('loses only the part that is wrong', () => {
    writeFileSync(
      path,
      JSON.stringify({ bounds: { x: 'left' }, isMaximized: true, wasToldAboutHiding: 'ever' }),
    );
    expect(openDesktopState(path, silentLog).current()).toEqual({ ...FRESH, isMaximized: true });
  });

  it('holds on in memory when it cannot be written', () => {
    const state = openDesktopState(join(folder, 'absent', 'desktop.json'), silentLog);
    state.change({ bounds });
    expect(state.current().bounds).toEqual(bounds);
  });
});
