import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { until } from '../tests/program.ts';

/** The flag to start the program with: Chromium chooses a port and writes it to a file in its folder. */
export const INSPECTOR_FLAG = '--remote-debugging-port=0';

const targetsSchema = z.array(z.object({ type: z.string(), webSocketDebuggerUrl: z.string() }));
const responseSchema = z.object({
  id: z.number().optional(),
  result: z.object({ result: z.object({ value: z.unknown().optional() }).optional() }).optional(),
});

export type PageInspector = {
  /** The value of an expression in the page, or what its promise resolves with. */
  evaluate(expression: string): Promise<unknown>;
  close(): void;
};

/**
 * Evaluates expressions in the page of a running desktop app. With Playwright, a page would count as visible while its window is
 * hidden.
 *
 * @param chromiumFolder where Chromium keeps its files
 */
export async function inspectPage(chromiumFolder: string): Promise<PageInspector> {
  const port = await until(() => portIn(`${chromiumFolder}/DevToolsActivePort`));
  const url = await until(async () => {
    const response = await fetch(`http://127.0.0.1:${port}/json/list`);
    const targets = targetsSchema.parse(await response.json());
    return targets.find(({ type }) => type === 'page')?.webSocketDebuggerUrl;
  });
  const socket = new WebSocket(url);
  await once(socket, 'open');
  const waiting = new Map<number, (value: unknown) => void>();
  let lastId = 0;
  socket.on('message', (data) => {
    const { id, result } = responseSchema.parse(JSON.parse(data.toString()));
    if (id !== undefined) waiting.get(id)?.(result?.result?.value);
  });
  return {
    evaluate(expression) {
      const id = ++lastId;
      const params = { expression, awaitPromise: true, returnByValue: true };
      socket.send(JSON.stringify({ id, method: 'Runtime.evaluate', params }));
      return new Promise((resolve) => waiting.set(id, resolve));
    },
    close: () => socket.close(),
  };
}

function portIn(file: string): number | null {
  try {
    return Number(readFileSync(file, 'utf8').split('\n')[0]);
  } catch {
    return null; // not written yet
  }
}
