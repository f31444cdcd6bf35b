import type { Bridge } from '../../shared/contract/wire.ts';
import { RECONNECT_LIMITS } from './reconnect-delay.ts';
import { openWebSocketBridge } from './websocket-bridge.ts';

declare global {
  interface Window {
    /** Defined by the preload script of the desktop app; absent in a browser. */
    readonly monitorBridge?: Bridge;
  }
}

const RESPONSE_TIMEOUT_MS = 30_000;

/**
 * The bridge to the host of this page: that of the preload script in the desktop app, a WebSocket to the page's own
 * origin in a browser.
 *
 * @param onKeyRefused called when the browser host rejects the page's key
 */
export function openHostBridge(onKeyRefused: () => void): Bridge {
  if (window.monitorBridge !== undefined) return window.monitorBridge;
  const { protocol, host } = window.location;
  return openWebSocketBridge({
    url: `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/api`,
    limits: RECONNECT_LIMITS,
    responseTimeoutMs: RESPONSE_TIMEOUT_MS,
    random: Math.random,
    keyIsRefused,
    onKeyRefused,
  });
}

async function keyIsRefused(): Promise<boolean> {
  try {
    const response = await fetch('/', { method: 'HEAD', cache: 'no-store', redirect: 'manual' });
    return response.status === 401 || response.status === 403;
  } catch {
    // The host is unreachable, which says nothing about the key.
    return false;
  }
}
