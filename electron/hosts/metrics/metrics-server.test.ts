import { get } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { parseExposition } from '../../../tests/prometheus-text.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { type MetricsServer, startMetricsServer } from './metrics-server.ts';

type ServedResponse = {
  readonly status: number | undefined;
  readonly body: string;
  readonly type: string | undefined;
};

describe('the server of metrics', () => {
  let metrics: Metrics;
  let server: MetricsServer | null = null;
  afterEach(async () => {
    metrics.stop();
    await server?.close();
    server = null;
  });

  const start = async (token: string | null): Promise<void> => {
    metrics = createMetrics({ roles: ['all'], version: '1.2.3' });
    server = await startMetricsServer(metrics, { port: 0, address: '127.0.0.1', token });
  };
  const call = (
    path: string,
    headers: Record<string, string> = {},
    method = 'GET',
  ): Promise<ServedResponse> =>
    new Promise((resolve, reject) => {
      const request = get({ host: '127.0.0.1', port: server?.port, path, headers, method }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode, body, type: response.headers['content-type'] }),
        );
      });
      request.on('error', reject);
    });

  it('reports that the process is alive before it is ready, and why it is not ready', async () => {
    await start(null);
    expect(await call('/healthz')).toMatchObject({ status: 200, body: 'ok\n' });
    expect(await call('/readyz')).toMatchObject({ status: 503, body: 'The process is starting.\n' });
    expect(await call('/other')).toMatchObject({ status: 404 });
    expect(await call('/metrics', {}, 'POST')).toMatchObject({ status: 405 });
    expect(await call('/metrics', {}, 'HEAD')).toMatchObject({ status: 200, body: '' });
  });

  it('serves the text format of Prometheus', async () => {
    await start(null);
    const { status, body, type } = await call('/metrics?format=any');
    expect({ status, type }).toEqual({ status: 200, type: 'text/plain; version=0.0.4; charset=utf-8' });
    const { types, sum } = parseExposition(body);
    expect(sum('cpm_info', { version: '1.2.3', roles: 'all' })).toBe(1);
    expect(types.get('cpm_event_loop_delay_seconds')).toBe('histogram');
    expect(sum('process_resident_memory_bytes')).toBeGreaterThan(1e6);
  });

  it('requires the token for metrics if there is one, and none for probes', async () => {
    await start('hush');
    for (const authorization of ['', 'hush', 'Bearer hus', 'Bearer hushh', 'Basic hush'])
      expect(await call('/metrics', { authorization })).toMatchObject({ status: 401 });
    expect(await call('/metrics')).toMatchObject({ status: 401 });
    // Any host name is accepted, because other machines use other names for this one.
    const shown = { authorization: 'Bearer hush', host: 'feed.example.com' };
    expect(await call('/metrics', shown)).toMatchObject({ status: 200 });
    expect(await call('/healthz')).toMatchObject({ status: 200 });
    expect(await call('/readyz')).toMatchObject({ status: 503 });
  });

  it.each([
    ['evil.example', 403],
    ['127.0.0.1.evil.example', 403],
    ['evil.example:80@localhost', 403],
    ['localhost:9464', 200],
    ['127.0.0.1', 200],
    ['[::1]:9464', 200],
  ])('responds to a request for %s with %i without a token', async (host, status) => {
    await start(null);
    expect(await call('/metrics', { host })).toMatchObject({ status });
  });

  it('names port and address when it cannot listen', async () => {
    await start(null);
    const taken = { port: server?.port ?? 0, address: '127.0.0.1', token: null };
    await expect(startMetricsServer(metrics, taken)).rejects.toThrow(
      `port ${taken.port} of 127.0.0.1 (EADDRINUSE)`,
    );
  });
});
