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

describe('the saved state of the desktop app', () => {
  it('is restored at the next start', () => {
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

  it.each(['', 'null', '[]', '{"bounds":', '\u0000'])('starts empty from a file that contains %j', (text) => {
    writeFileSync(path, text);
    expect(openDesktopState(path, silentLog).current()).toEqual(FRESH);
  });

  it('loses only the invalid part', () => {
    writeFileSync(
      path,
      JSON.stringify({ bounds: { x: 'left' }, isMaximized: true, wasToldAboutHiding: 'ever' }),
    );
    expect(openDesktopState(path, silentLog).current()).toEqual({ ...FRESH, isMaximized: true });
  });

  it('is kept in memory when the file cannot be written', () => {
    const state = openDesktopState(join(folder, 'absent', 'desktop.json'), silentLog);
    state.change({ bounds });
    expect(state.current().bounds).toEqual(bounds);
  });
});
