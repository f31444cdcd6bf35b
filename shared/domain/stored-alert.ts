import { z } from 'zod';
import { alertSchema } from './alert.ts';

/** The only sentence of the versions that stored a sentence instead of kind and parameters. */
const MOVED_FROM_AVERAGE = /^price changed by more than ([\d.]+)% from the ([\d.]+)-min average$/;

/** Reads a stored alert, including those of versions that stored an English sentence instead of kind and parameters. */
export const storedAlertSchema = z.preprocess(complete, alertSchema);

function complete(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || 'kind' in value) return value;
  const { message, ...rest } = value as Readonly<Record<string, unknown>>;
  return {
    ...rest,
    kind: rest.rule,
    params: typeof message === 'string' ? paramsOf(message) : {},
    severity: 'warning',
    direction: directionOf(rest.figures),
  };
}

function paramsOf(message: string): Readonly<Record<string, number>> {
  const [, thresholdPct, windowMinutes] = MOVED_FROM_AVERAGE.exec(message) ?? [];
  if (thresholdPct === undefined || windowMinutes === undefined) return {};
  return { thresholdPct: Number(thresholdPct), windowMinutes: Number(windowMinutes) };
}

function directionOf(figures: unknown): 'up' | 'down' | null {
  const hasChange = typeof figures === 'object' && figures !== null && 'changePct' in figures;
  if (!hasChange || typeof figures.changePct !== 'number' || figures.changePct === 0) return null;
  return figures.changePct > 0 ? 'up' : 'down';
}
