// The dialogs are large and opened rarely, so their code is loaded on demand, or after the first view.

export const loadSettings = () =>
  import('../settings/settings-dialog.tsx').then(({ SettingsDialog }) => SettingsDialog);

export const loadRules = () => import('../rules/rules-dialog.tsx').then(({ RulesDialog }) => RulesDialog);

export const loadChannels = () =>
  import('../channels/channels-dialog.tsx').then(({ ChannelsDialog }) => ChannelsDialog);

export const loadTransfer = () =>
  import('../transfer/transfer-dialog.tsx').then(({ TransferDialog }) => TransferDialog);
