/** Pausing and muting alerts, on the page and in the tray. */
export const quietTexts = {
  'alerts.pause-for': (p: { choice: keyof typeof PAUSES }) => PAUSES[p.choice],
};

const PAUSES = {
  '15-minutes': 'For 15 minutes',
  '1-hour': 'For 1 hour',
  'until-tomorrow': 'Until tomorrow',
  'until-resumed': 'Until I resume',
};
