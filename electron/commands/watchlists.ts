import { join } from 'node:path';
import { Command } from 'commander';
import { faultOfIssue } from '../../shared/messages/fault-of-issue.ts';
import { message, t } from '../../shared/messages/message.ts';
import { MessageError } from '../../shared/messages/message-error.ts';
import {
  routeFaults,
  type Watchlist,
  watchlistFaults,
  watchlistsSchema,
} from '../../shared/settings/watchlists.ts';
import { addFlags, chosenDataDir } from '../monitor/settings/flags.ts';
import type { FileSettings } from '../monitor/settings/parse-settings.ts';
import { changeSettingsFile, readSettingsFile } from '../monitor/settings/settings-file.ts';
import { warnUnwatched, watchedCoins } from './known-names.ts';

type Options = Readonly<Record<string, unknown>>;

/**
 * `watchlists`: manages named lists of coins for the scopes of rules and the routes of channels. It changes settings.json, as
 * `rules` does.
 */
export function watchlistsCommand(): Command {
  const command = new Command('watchlists').description(t('help.watchlists'));
  const sub = (name: string, description: string): Command =>
    addFlags(command.command(name).description(description), []);

  sub('list', t('help.watchlists.list')).action((options: Options) => {
    for (const list of readSettingsFile(pathOf(options)).watchlists ?? [])
      process.stdout.write(`${JSON.stringify(list)}\n`);
  });
  sub('set <id> <coins...>', t('help.watchlists.set')).action(
    async (id: string, coins: string[], options: Options) => {
      // Read before anything is changed, so that an error leaves no partial change.
      const watched = watchedCoins(options);
      const changed = await change(options, (lists) => {
        const isKnown = lists.some((list) => list.id === id);
        const list = { id, coins };
        return isKnown ? lists.map((one) => (one.id === id ? list : one)) : [...lists, list];
      });
      warnUnwatched(changed.find((list) => list.id === id)?.coins ?? [], watched);
    },
  );
  sub('remove <id>', t('help.watchlists.remove')).action(async (id: string, options: Options) => {
    await change(options, (lists) => {
      const left = lists.filter((list) => list.id !== id);
      if (left.length < lists.length) return left;
      throw new MessageError(message('command.no-watchlist', { id, known: lists.map((one) => one.id) }));
    });
  });
  return command;
}

/**
 * Changes the lists and returns the result.
 *
 * @throws MessageError when a watchlist is invalid, or a rule or a channel refers to one that would no longer exist
 */
async function change(
  options: Options,
  update: (lists: readonly Watchlist[]) => readonly Watchlist[],
): Promise<readonly Watchlist[]> {
  let changed: Watchlist[] = [];
  await changeSettingsFile(
    pathOf(options),
    ({ rules = [], channels = [], watchlists = [] }): FileSettings => {
      const parsed = watchlistsSchema.safeParse(update(watchlists));
      const [issue] = parsed.error?.issues ?? [];
      if (issue !== undefined) {
        const path = ['watchlists', ...issue.path.map(String)].join('.');
        throw new MessageError(message('command.watchlist-faulty', { path, fault: faultOfIssue(issue) }));
      }
      changed = parsed.data ?? [];
      for (const [id, fault] of watchlistFaults({ rules, watchlists: changed }))
        throw new MessageError(message('rule.fault', { id, fault }));
      const wrong = routeFaults({ channels, watchlists });
      for (const [id, reason] of routeFaults({ channels, watchlists: changed }))
        if (!wrong.has(id)) throw new MessageError(message('channel.wrong', { id, reason }));
      return { watchlists: changed };
    },
  );
  return changed;
}

function pathOf(options: Options): string {
  return join(chosenDataDir(options, process.env), 'settings.json');
}
