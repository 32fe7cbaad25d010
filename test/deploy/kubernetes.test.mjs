// The manifests: against Kubernetes' own schemas, where the compiler also refuses fields that there are not; then what they say
// to each other, to the image and to the gateway's limits.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { parseDocument } from 'yaml';
import { fromRoot, image, textOf } from './machine.mjs';
import { faultsOf, manifestsFrom, runs, validate } from './manifests.mjs';

const FOLDER = 'deploy/kubernetes';

function manifestFrom(path) {
  const document = parseDocument(textOf(path), { strict: true, uniqueKeys: true });
  assert.deepEqual([...document.errors, ...document.warnings], [], path);
  return document.toJS();
}

const files = readdirSync(fromRoot(FOLDER)).filter((name) => name !== 'kustomization.yaml');
const manifests = Object.fromEntries(files.map((name) => [name, manifestFrom(`${FOLDER}/${name}`)]));
const of = (kind) => Object.values(manifests).find((manifest) => manifest.kind === kind);
const pod = of('Deployment').spec.template;
const [container] = pod.spec.containers;

for (const [name, manifest] of Object.entries(manifests))
  test(`${name} is a ${manifest.kind} as Kubernetes describes it`, () => validate(manifest));

test('no manifest has a field that Kubernetes does not know', () => {
  assert.equal(faultsOf(Object.values(manifests)), '');

  const misspelt = structuredClone(of('Deployment'));
  misspelt.spec.template.spec.containers[0].readynessProbe = {};
  assert.match(faultsOf([misspelt]), /readynessProbe"?' does not exist/);
});

test('kubectl makes of the kustomization what the files say', runs, () => {
  const byKind = (all) => Object.fromEntries(all.map((manifest) => [manifest.kind, manifest]));
  assert.deepEqual(byKind(manifestsFrom('kubectl', 'kustomize', fromRoot(FOLDER))), byKind(Object.values(manifests)));
});

test('the kustomization lists them all', () => {
  assert.deepEqual([...manifestFrom(`${FOLDER}/kustomization.yaml`).resources].sort(), [...files].sort());
});

test('whatever selects pods selects these, and the autoscaler means this deployment', () => {
  const { labels } = pod.metadata;
  const selectors = [
    of('Deployment').spec.selector.matchLabels,
    of('Service').spec.selector,
    of('PodDisruptionBudget').spec.selector.matchLabels,
    of('NetworkPolicy').spec.podSelector.matchLabels,
  ];
  for (const selector of selectors) assert.deepEqual(selector, labels);
  const { apiVersion, kind, metadata } = of('Deployment');
  assert.deepEqual(of('HorizontalPodAutoscaler').spec.scaleTargetRef, { apiVersion, kind, name: metadata.name });
});

test('the grace is longer than the pre-stop and the 20 seconds in which the process leaves', () => {
  const { seconds } = container.lifecycle.preStop.sleep;
  assert.equal(pod.spec.terminationGracePeriodSeconds > seconds + 20, true);
  assert.match(textOf('docs/operating.md'), /within 20 seconds in all/);
});

test('probes and service go to ports that there are, which are those that the image names', () => {
  const ports = new Map(container.ports.map(({ name, containerPort }) => [name, containerPort]));
  for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe])
    assert.equal(ports.get(probe.httpGet.port), 4001);
  assert.equal(ports.get(of('Service').spec.ports[0].targetPort), 4000);
  assert.equal(
    image.notDone.some((step) => step.startsWith('EXPOSE 4000 4001')),
    true,
  );
});

test('the pod may do nothing but run, as the user of the image', () => {
  const { securityContext, automountServiceAccountToken } = pod.spec;
  assert.equal(`${securityContext.runAsUser}:${securityContext.runAsGroup}`, image.user);
  assert.deepEqual([securityContext.runAsNonRoot, securityContext.seccompProfile.type], [true, 'RuntimeDefault']);
  assert.equal(automountServiceAccountToken, false);
  assert.deepEqual(container.securityContext, {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
});

test('GraphQL is reached by the router alone, and out go the tokenapi, Redis, the collector and DNS', () => {
  const { ingress, egress, policyTypes } = of('NetworkPolicy').spec;
  const who = ({ podSelector }) => podSelector && Object.values(podSelector.matchLabels)[0];
  const rules = (list, side) =>
    list.map((rule) => [rule[side].map((peer) => who(peer) ?? peer.ipBlock.cidr), rule.ports.map(({ port }) => port)]);
  assert.deepEqual(policyTypes, ['Ingress', 'Egress']);
  assert.deepEqual(rules(ingress, 'from'), [
    [['router'], ['graphql']],
    [['collector'], ['admin']],
  ]);
  assert.deepEqual(rules(egress, 'to'), [
    [['0.0.0.0/0', '::/0'], [443]],
    [['redis'], [6379]],
    [['collector'], [4318]],
    [['kube-dns'], [53, 53]],
  ]);
});
