/** The channels between a window and the main process. */
export const REQUEST_CHANNEL = 'monitor:request';
export const EVENT_CHANNEL = 'monitor:event';
export const HIDE_CHANNEL = 'window:hide';
