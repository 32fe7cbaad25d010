// HTTPSPEC: graphql-http's audits of "GraphQL over HTTP". COP: the checks of graphql-cop, which the naive gateway must fail.

import { serverAudits } from 'graphql-http';
import { copChecks } from '../copChecks';
import { startGateway } from '../gateway';
import { everyFault } from '../hostile/everything';
import type { Fault } from '../hostile/fault';
import { startHostileUpstream } from '../hostile/upstream';
import { startNaiveGateway } from '../naiveGateway';
import type { Section } from '../report';
import type { Run } from '../run';

const AUDITS = 61;
const CHECKS = 12;

export async function httpSpec(run: Run, section: Section): Promise<void> {
  const upstream = await startHostileUpstream({ seed: run.seed, faultFor: () => everyFault[0] as Fault });
  // With introspection off two audits fail for no other reason than that they ask for `__type`.
  const gateway = await startGateway(run, upstream.url, { INTROSPECTION: 'on' });
  const naive = await startNaiveGateway(upstream.url);
  const { audits, remarks, errors } = await audited(`${gateway.origin}/graphql`);
  const control = await audited(`http://127.0.0.1:${naive.port}/graphql`);
  section.check('audits', audits, audits === AUDITS);
  section.figure('remarks', remarks);
  section.none('errors', errors);
  section.check('control-errors', control.errors.length, control.errors.length > 0);
  await naive.close();
  await gateway.stop();
  await upstream.close();
}

async function audited(url: string): Promise<{ audits: number; remarks: number; errors: string[] }> {
  const audits = serverAudits({ url, fetchFn: fetch });
  const errors: string[] = [];
  let remarks = 0;
  for (const { id, name, fn } of audits) {
    const result = await fn();
    if (result.status === 'error') errors.push(`${id} ${name}: ${result.reason}`);
    else if (result.status !== 'ok') remarks++;
  }
  return { audits: audits.length, remarks, errors };
}

export async function cop(run: Run, section: Section): Promise<void> {
  const upstream = await startHostileUpstream({ seed: run.seed, faultFor: () => everyFault[0] as Fault });
  const [gateway, naive] = await Promise.all([startGateway(run, upstream.url), startNaiveGateway(upstream.url)]);
  const found: string[] = [];
  const missed: string[] = [];
  for (const { name, finds } of copChecks) {
    if (await finds(`${gateway.origin}/graphql`)) found.push(name);
    if (!(await finds(`http://127.0.0.1:${naive.port}/graphql`))) missed.push(name);
  }
  section.check('checks', copChecks.length, copChecks.length === CHECKS);
  section.none('found', found);
  section.check('control-found', copChecks.length - missed.length, missed.length === 0, missed);
  await Promise.all([gateway.stop(), naive.close(), upstream.close()]);
}
