import { z } from 'zod';

/** A point in time: milliseconds since the epoch, UTC. */
export const instant = z.number().int();

/** A price, a duration or another quantity above zero. */
export const positive = z.number().positive();
