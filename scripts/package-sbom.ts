import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import electron from '../node_modules/electron/package.json' with { type: 'json' };

const ROOT = join(import.meta.dirname, '..');
const CYCLONEDX = join(ROOT, 'node_modules/@cyclonedx/cyclonedx-npm/bin/cyclonedx-npm-cli.js');

const bomSchema = z.looseObject({
  components: z.array(z.looseObject({ 'bom-ref': z.string() })),
  metadata: z.looseObject({ component: z.looseObject({ 'bom-ref': z.string() }) }),
  dependencies: z.array(z.looseObject({ ref: z.string(), dependsOn: z.array(z.string()).optional() })),
});

/**
 * Writes the components of an installed app as a CycloneDX document: the production dependencies and Electron, which
 * is a development dependency only because it is not imported from node_modules.
 */
function writeSbom(file: string): void {
  execFileSync(
    process.execPath,
    [CYCLONEDX, '--omit', 'dev', '--output-format', 'JSON', '--output-file', file],
    { cwd: ROOT, stdio: 'inherit' },
  );
  const bom = bomSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const purl = `pkg:npm/electron@${electron.version}`;
  const { version, description, license } = electron;
  bom.components.push({
    type: 'framework',
    name: 'electron',
    version,
    description,
    'bom-ref': purl,
    purl,
    licenses: [{ license: { id: license } }],
  });
  bom.dependencies.push({ ref: purl });
  const app = bom.metadata.component['bom-ref'];
  bom.dependencies.find(({ ref }) => ref === app)?.dependsOn?.push(purl);
  writeFileSync(file, `${JSON.stringify(bom, null, 2)}\n`);
}

const file = process.argv[2];
if (file === undefined) throw new Error('Usage: node scripts/package-sbom.ts <file>');
writeSbom(file);
