import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { removeDrafts, replaceFileSync } from '../../../monitor/files/atomic-file.ts';
import type { Logger } from '../../../monitor/logging/logger.ts';

const boundsSchema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
});
export type Bounds = Readonly<z.infer<typeof boundsSchema>>;

/** State that the desktop app keeps between starts. Invalid parts are dropped, the others are kept. */
const desktopStateSchema = z.object({
  /** Bounds of the window when it is not maximized; null before the first time. */
  bounds: boundsSchema.nullable().catch(null),
  isMaximized: z.boolean().catch(false),
  /** Whether the user has been notified that the program continues when its window is closed. */
  wasToldAboutHiding: z.boolean().catch(false),
});
export type DesktopState = Readonly<z.infer<typeof desktopStateSchema>>;

export type DesktopStateStore = {
  current(): DesktopState;
  /** Applies the change and writes it. A failure is logged and otherwise ignored. */
  change(patch: Partial<DesktopState>): void;
};

/** Opens the file; the defaults apply when it is missing or not JSON. */
export function openDesktopState(path: string, log: Logger): DesktopStateStore {
  removeDrafts(path);
  let state = read(path, log);
  return {
    current: () => state,
    change(patch) {
      const next = { ...state, ...patch };
      if (JSON.stringify(next) === JSON.stringify(state)) return;
      state = next;
      try {
        replaceFileSync(path, `${JSON.stringify(state)}\n`);
      } catch (err) {
        log.warn({ err, path }, 'the state of the desktop app cannot be written');
      }
    },
  };
}

function read(path: string, log: Logger): DesktopState {
  try {
    return desktopStateSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (err) {
    const isFirstStart = err instanceof Error && 'code' in err && err.code === 'ENOENT';
    if (!isFirstStart)
      log.warn({ err, path }, 'the state of the desktop app cannot be read; it starts empty');
    return desktopStateSchema.parse({});
  }
}
