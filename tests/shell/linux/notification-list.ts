import { z } from 'zod';
import { run } from './session-bus.ts';

export type Notified = { readonly title: string; readonly body: string };

const text = z.object({ data: z.string() });
const historySchema = z.object({ data: z.array(z.array(z.object({ summary: text, body: text }))) });

/** The notifications of a desktop whose notification daemon is dunst. */
export const notificationList = {
  /** The number of visible notifications. */
  shown: async (): Promise<number> => Number((await run('dunstctl', ['count', 'displayed'])).stdout),
  clickNewest: async (): Promise<void> => void (await run('dunstctl', ['action', '0'])),
  dismissAll: async (): Promise<void> => void (await run('dunstctl', ['close-all'])),
  /** The dismissed ones, newest first. */
  async past(): Promise<readonly Notified[]> {
    const { stdout } = await run('dunstctl', ['history']);
    const [history = []] = historySchema.parse(JSON.parse(stdout)).data;
    return history.map(({ summary, body }) => ({ title: summary.data, body: body.data }));
  },
};
