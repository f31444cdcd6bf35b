import { alertListTexts, alertTexts } from './en/alerts.ts';
import { archiveTexts } from './en/archive.ts';
import { backtestTexts } from './en/backtest.ts';
import { backupTexts } from './en/backup.ts';
import { callTexts, pageServerTexts } from './en/calls.ts';
import { channelPageTexts } from './en/channels.ts';
import { chartTexts, chartToolTexts, studyTexts } from './en/chart.ts';
import { commandTexts } from './en/commands.ts';
import { databaseTexts } from './en/database.ts';
import { deliveryTexts } from './en/delivery.ts';
import { desktopTexts } from './en/desktop.ts';
import { embeddedTexts } from './en/embedded.ts';
import { fieldTexts } from './en/fields.ts';
import { fileTexts } from './en/files.ts';
import { generalTexts } from './en/general.ts';
import { helpTexts } from './en/help.ts';
import { importTexts } from './en/import.ts';
import { lakeTexts } from './en/lake.ts';
import { logFileTexts } from './en/log-file.ts';
import { optionTexts } from './en/options.ts';
import { alertPanelTexts, pageTexts, quoteTexts } from './en/page.ts';
import { parquetTexts } from './en/parquet.ts';
import { priceTexts } from './en/prices.ts';
import { providerTexts } from './en/provider.ts';
import { quietTexts } from './en/quiet.ts';
import { requestTexts } from './en/requests.ts';
import { ruleTexts } from './en/rules.ts';
import { rulesPageTexts } from './en/rules-page.ts';
import { connectionUrlTexts, secretTexts, settingTexts } from './en/settings.ts';
import { speechTexts } from './en/speech.ts';
import { startTexts } from './en/start.ts';
import { statusTexts } from './en/status.ts';
import { transferTexts } from './en/transfer.ts';

/**
 * Every message that the program shows, in English: a function of the message's parameters by its code. The types of messages
 * are inferred from this table, so a new message is one entry here. A code never gets another meaning, because messages
 * are stored. Another language is a second object of the type `Catalogue`.
 */
export const en = {
  ...generalTexts,
  ...alertTexts,
  ...alertListTexts,
  ...alertPanelTexts,
  ...archiveTexts,
  ...lakeTexts,
  ...backtestTexts,
  ...backupTexts,
  ...callTexts,
  ...channelPageTexts,
  ...chartTexts,
  ...chartToolTexts,
  ...commandTexts,
  ...connectionUrlTexts,
  ...databaseTexts,
  ...deliveryTexts,
  ...embeddedTexts,
  ...desktopTexts,
  ...fieldTexts,
  ...fileTexts,
  ...helpTexts,
  ...importTexts,
  ...logFileTexts,
  ...optionTexts,
  ...pageServerTexts,
  ...pageTexts,
  ...parquetTexts,
  ...priceTexts,
  ...providerTexts,
  ...quietTexts,
  ...quoteTexts,
  ...requestTexts,
  ...ruleTexts,
  ...rulesPageTexts,
  ...secretTexts,
  ...settingTexts,
  ...speechTexts,
  ...startTexts,
  ...statusTexts,
  ...studyTexts,
  ...transferTexts,
} as const;
