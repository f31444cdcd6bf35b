import { describe, expect, it } from 'vitest';
import { Interrupted, interruptedExitCode } from './interrupted.ts';

describe('the exit code of an interrupted command', () => {
  it.each([
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('after %s is %d', (signal, code) => {
    const interrupted = new Interrupted(signal);
    expect(interrupted.message).toBe(`interrupted by ${signal}`);
    expect(interruptedExitCode(interrupted)).toBe(code);
    expect(interruptedExitCode(new Error('the import was stopped', { cause: interrupted }))).toBe(code);
  });

  it('is none for other errors', () => {
    expect(interruptedExitCode(new Error('no space', { cause: new Error('ENOSPC') }))).toBeNull();
    expect(interruptedExitCode('no error')).toBeNull();
  });
});
