// The dialogs are opened rarely and large, so their code is loaded on demand, or once the page has settled.

export const loadSettings = () =>
  import('../settings/settings-dialog.tsx').then(({ SettingsDialog }) => SettingsDialog);

export const loadRules = () => import('../rules/rules-dialog.tsx').then(({ RulesDialog }) => RulesDialog);

export const loadChannels = () =>
  import('../channels/channels-dialog.tsx').then(({ ChannelsDialog }) => ChannelsDialog);

export const loadTransfer = () =>
  import('../transfer/transfer-dialog.tsx').then(({ TransferDialog }) => TransferDialog);
