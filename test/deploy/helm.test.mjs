// The chart as helm renders it: by default what the kustomization says; with every value set still what Kubernetes knows; and what
// it refuses. No cluster takes it here.

import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { fromRoot, image, textOf } from './machine.mjs';
import { faultsOf, manifestsFrom, run, runs, validate } from './manifests.mjs';

const { environmentVariables } = createRequire(import.meta.url)(join(image.stages.build.dir, 'app/dist/config.js'));
const FOLDER = 'deploy/helm/firmware-gateway';
const chart = fromRoot(FOLDER);
const { version } = JSON.parse(textOf('package.json'));
const values = parse(textOf(`${FOLDER}/values.yaml`));

/** `helm template` and its arguments, with values of one's own. */
function template(changes = {}, release = 'firmware-gateway') {
  const file = join(mkdtempSync(join(process.env.BUILT, 'values-')), 'values.yaml');
  writeFileSync(file, JSON.stringify(changes));
  return ['template', release, chart, '--values', file];
}

const rendered = (changes, release) => manifestsFrom('helm', ...template(changes, release));
const of = (manifests, kind) => manifests.find((manifest) => manifest.kind === kind);
const containerOf = (manifests) => of(manifests, 'Deployment').spec.template.spec.containers[0];
const envOf = (manifests) => new Map(containerOf(manifests).env.map(({ name, ...from }) => [name, from]));

/** Who rendered it, and for which release: what a kustomization does not say. */
const OF_HELM = [
  'app.kubernetes.io/instance',
  'app.kubernetes.io/version',
  'app.kubernetes.io/managed-by',
  'helm.sh/chart',
];

/** Kind → manifest, with lists of variables in the order of their names. */
function inSubstance(manifests) {
  const text = JSON.stringify(manifests, (name, value) => {
    if (OF_HELM.includes(name)) return undefined;
    return name === 'env' ? value.toSorted((one, other) => one.name.localeCompare(other.name)) : value;
  });
  return Object.fromEntries(JSON.parse(text).map((manifest) => [manifest.kind, manifest]));
}

/** Something of every value that the defaults leave out. */
const EVERYTHING = {
  image: {
    repository: 'registry.example.com/firmware-gateway',
    tag: '1.2.3',
    pullPolicy: 'Always',
    pullSecrets: [{ name: 'pull' }],
  },
  env: {
    PORT: 5000,
    ADMIN_PORT: '5001',
    LIVE_STREAMS: 1_000_000,
    INTROSPECTION: 'on',
    CORS_ORIGINS: 'https://app.example.com',
    TRUSTED_DOCUMENTS: '/documents/manifest.json',
  },
  secret: { data: { 'redis-url': 'redis://redis:6379', 'router-secret': '0123456789abcdef' } },
  autoscaling: { enabled: false },
  replicas: 3,
  networkPolicy: { redisPorts: [6379, 26379] },
  podDisruptionBudget: { maxUnavailable: '50%' },
  serviceMonitor: { enabled: true, interval: '30s', labels: { release: 'prometheus' } },
  volumes: [{ name: 'documents', configMap: { name: 'documents' } }],
  volumeMounts: [{ name: 'documents', mountPath: '/documents', readOnly: true }],
  podAnnotations: { 'example.com/owner': 'devices' },
  nodeSelector: { 'kubernetes.io/arch': 'amd64' },
  tolerations: [{ key: 'dedicated', operator: 'Exists' }],
  affinity: { nodeAffinity: {} },
};

test('by default it is the kustomization', runs, () => {
  const kustomized = manifestsFrom('kubectl', 'kustomize', fromRoot('deploy/kubernetes'));
  assert.deepEqual(inSubstance(rendered()), inSubstance(kustomized));
});

test('helm finds no fault with it', runs, () => {
  const { status, stdout } = run('helm', 'lint', '--strict', chart);
  assert.equal(status, 0, stdout);
});

for (const [what, changes] of Object.entries({ 'by default': {}, 'with every value set': EVERYTHING }))
  test(`${what}, every manifest is as Kubernetes describes it, without a field more`, runs, async () => {
    const manifests = rendered(changes);
    for (const manifest of manifests) await validate(manifest);
    assert.equal(faultsOf(manifests), '');
  });

test('what is set is what is said', runs, () => {
  const manifests = rendered(EVERYTHING, 'lamps');
  const names = manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  assert.deepEqual(names.sort(), [
    'Deployment lamps-firmware-gateway',
    'NetworkPolicy lamps-firmware-gateway',
    'PodDisruptionBudget lamps-firmware-gateway',
    'Secret lamps-firmware-gateway',
    'Service lamps-firmware-gateway',
    'Service lamps-firmware-gateway-admin',
    'ServiceMonitor lamps-firmware-gateway',
  ]);
  assert.equal(of(manifests, 'Deployment').spec.replicas, 3);
  assert.equal(containerOf(manifests).image, 'registry.example.com/firmware-gateway:1.2.3');
  assert.deepEqual(
    containerOf(manifests).ports.map(({ containerPort }) => containerPort),
    [5000, 5001],
  );
  const { egress } = of(manifests, 'NetworkPolicy').spec;
  const { redisPorts } = EVERYTHING.networkPolicy;
  assert.equal(egress.filter(({ ports }) => ports.map(({ port }) => port).join() === redisPorts.join()).length, 1);
  assert.deepEqual(of(manifests, 'Deployment').spec.template.spec.volumes, EVERYTHING.volumes);
  assert.deepEqual(containerOf(manifests).volumeMounts, EVERYTHING.volumeMounts);
  const env = envOf(manifests);
  for (const [name, value] of Object.entries(EVERYTHING.env)) assert.deepEqual(env.get(name), { value: String(value) });
  const { name, key } = env.get('REDIS_URL').valueFrom.secretKeyRef;
  const secret = of(manifests, 'Secret');
  assert.deepEqual([secret.metadata.name, secret.stringData[key]], [name, EVERYTHING.secret.data['redis-url']]);
});

test('the collector is led to the pods of this release by the Service of the admin port', runs, () => {
  const manifests = rendered(EVERYTHING, 'lamps');
  const { selector, endpoints } = of(manifests, 'ServiceMonitor').spec;
  const services = manifests.filter(({ kind }) => kind === 'Service');
  const meant = services.filter(({ metadata }) =>
    Object.entries(selector.matchLabels).every(([label, value]) => metadata.labels[label] === value),
  );
  assert.deepEqual(
    meant.map(({ metadata }) => metadata.name),
    ['lamps-firmware-gateway-admin'],
  );
  assert.deepEqual(
    meant[0].spec.ports.map(({ name }) => name),
    endpoints.map(({ port }) => port),
  );
  assert.deepEqual(meant[0].spec.selector, of(manifests, 'Deployment').spec.selector.matchLabels);
});

test('another secret is another pod', runs, () => {
  const annotations = ['0123456789abcdef', 'fedcba9876543210'].map((secret) => {
    const manifests = rendered({ secret: { data: { 'router-secret': secret } } });
    return JSON.stringify(of(manifests, 'Deployment').spec.template.metadata.annotations);
  });
  assert.notEqual(annotations[0], annotations[1]);
  assert.doesNotMatch(annotations.join(), /0123456789abcdef"/);
});

test('a variable can be left out, and then nothing is asked of the Secret for it', runs, () => {
  const env = envOf(rendered({ secret: { required: { REDIS_URL: null } } }));
  assert.deepEqual([env.has('REDIS_URL'), env.has('ROUTER_SECRET')], [false, true]);
});

test('it has a value for every variable of the gateway, and for no other', () => {
  const { required, optional } = values.secret;
  const names = [values.env, required, optional].flatMap(Object.keys);
  assert.deepEqual(names.sort(), [...environmentVariables.keys()].sort());
  const { env } = JSON.parse(textOf(`${FOLDER}/values.schema.json`)).properties;
  assert.deepEqual(env.propertyNames.enum, Object.keys(values.env));
});

for (const [what, changes] of Object.entries({
  'a variable that there is not': { env: { TOKENAPI_TIMEOUT: 1 } },
  'on without quotes, which is true in YAML': { env: { INTROSPECTION: true } },
  'a value that there is not': { autoscalling: { enabled: false } },
  'words for a number': { replicas: 'two' },
  'a policy that lets everybody in': { networkPolicy: { router: null } },
}))
  test(`it refuses ${what}`, runs, () => {
    const { status, stderr } = run('helm', ...template(changes));
    assert.notEqual(status, 0);
    assert.match(stderr, /schema/);
  });

test('it is of this version, and of its image', () => {
  const { version: ofChart, appVersion } = parse(textOf(`${FOLDER}/Chart.yaml`));
  assert.deepEqual([ofChart, appVersion], [version, version]);
});
