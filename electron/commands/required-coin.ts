import type { Command } from 'commander';
import { t } from '../../shared/messages/message.ts';

/** The flag of `requireCoin`. */
export const COIN_FLAG = '--coin <id>';

/**
 * Ends a command that was given no `--coin`. For commands with arguments: commander checks required options before arguments, and would
 * report the missing flag instead of a misspelt argument.
 *
 * @throws CommanderError
 */
export function requireCoin(coin: string | undefined, command: Command): string {
  return coin ?? command.error(t('argument.no-flag', { flag: COIN_FLAG }), { exitCode: 2 });
}
