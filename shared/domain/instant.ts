import { z } from 'zod';

/** A point in time: milliseconds since the epoch, UTC. */
export const instant = z.number().int();

/** A price, a length of time, or another quantity of which there is always some. */
export const positive = z.number().positive();
