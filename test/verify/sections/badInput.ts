// BADINPUT: what must not get through does not, and is answered plainly.

import fc from 'fast-check';
import { type BadCase, caseFactoryFor, faultsOf, type Row, rows } from '../badInput/badCase';
import { documentCases } from '../badInput/documentCases';
import { badRequestsFor } from '../badInput/fuzz';
import { transportCases } from '../badInput/transportCases';
import { parserCases, valueCases } from '../badInput/valueCases';
import { errorsOf, startGateway } from '../gateway';
import { acceptances } from '../hostile/statuses';
import { type HostileUpstream, startHostileUpstream } from '../hostile/upstream';
import { startNaiveGateway } from '../naiveGateway';
import { exchangeRaw } from '../rawHttp';
import type { Section } from '../report';
import type { Run } from '../run';

const AT_ONCE = 20;
const LEAST_CASES = 60;

export async function badInput(run: Run, section: Section): Promise<void> {
  const upstream = await startHostileUpstream({
    seed: run.seed,
    faultFor: () => acceptances[0] as (typeof acceptances)[number],
  });
  const [gateway, withOneLane] = await Promise.all([
    startGateway(run, upstream.url),
    startGateway(run, upstream.url, { FAST_LANE: 'off' }),
  ]);
  const factory = caseFactoryFor(run);
  const cases = [
    ...transportCases(factory),
    ...documentCases(factory),
    ...valueCases(factory),
    ...parserCases(factory),
  ];
  const sends = () => upstream.ledger.receipts.length + upstream.ledger.anonymous + upstream.connections;

  const faults: string[] = [];
  for (const bad of cases)
    for (const { port } of [gateway, withOneLane])
      faults.push(...(await tryCase(run, bad, port, upstream)).map((fault) => `${bad.name}: ${fault}`));
  section.check('cases', cases.length, cases.length >= LEAST_CASES);
  section.none('wrong', faults);

  const counterexample = await fuzz(run, section, gateway.port);
  section.check('fuzzed-wrong', counterexample === undefined ? 0 : 1, counterexample === undefined, [
    counterexample ?? '',
  ]);
  section.check('sends', sends(), sends() === 0);
  await Promise.all([gateway.stop(), withOneLane.stop()]);
  section.none(
    'errors-logged',
    [...errorsOf(gateway), ...errorsOf(withOneLane)].map((line) => JSON.stringify(line)),
  );

  const caught = await tryNaively(run, cases, upstream);
  for (const row of rows) {
    const count = caught.get(row) ?? 0;
    section.check(`control-caught-in-${row.replaceAll(' ', '-')}`, count, count > 0);
  }
  await upstream.close();
}

async function tryCase(run: Run, bad: BadCase, port: number, upstream: HostileUpstream): Promise<string[]> {
  const before = upstream.ledger.receipts.length;
  const reply = await exchangeRaw(port, bad.bytes, { halfClose: bad.halfClose ?? false });
  run.canary.inspect('responses', reply.head + reply.body);
  const faults = faultsOf(bad, reply, run.canary.value);
  const sent = upstream.ledger.receipts.length - before;
  return sent === 0 ? faults : [...faults, `sent upstream ${sent} times`];
}

/** The smallest bad request that got a wrong answer, if there is one. */
async function fuzz(run: Run, section: Section, port: number): Promise<string | undefined> {
  let done = 0;
  const progress = section.progress(() => `${done} of ${run.fuzzed} fuzzed requests`);
  const property = fc.asyncProperty(badRequestsFor(run, AT_ONCE), async (batch) => {
    const replies = await Promise.all(
      batch.map(({ bytes, halfClose = false }) => exchangeRaw(port, bytes, { halfClose })),
    );
    done += batch.length;
    replies.forEach((reply, index) => {
      run.canary.inspect('responses', reply.head + reply.body);
      const bad = batch[index] as BadCase;
      if (isUnanswerable(bad, reply.status)) return;
      const typed = reply.status === 200 && /"__typename":"TokenApiInvalid\w+Error"/.test(reply.body);
      const faults = faultsOf(
        typed ? { ...bad, expectedType: /"__typename":"(\w+)"/.exec(reply.body)?.[1] ?? '' } : bad,
        reply,
        run.canary.value,
      );
      if (faults.length > 0)
        throw new Error(
          `${bad.name}: ${faults.join(', ')}: ${bad.bytes.toString('latin1')} → ${reply.head}\n${reply.body}`,
        );
    });
  });
  const { failed, errorInstance } = await fc.check(property, {
    seed: run.seed,
    numRuns: Math.ceil(run.fuzzed / AT_ONCE),
    endOnFailure: false,
  });
  progress.stop();
  section.figure('fuzzed', done);
  return failed ? String(errorInstance) : undefined;
}

/** Nothing came that could be answered; or HEAD, whose answer has no body. */
const isUnanswerable = ({ row, bytes }: BadCase, status: number | undefined): boolean =>
  (row === 'parser' && status === undefined) || (bytes.toString('latin1', 0, 5) === 'HEAD ' && status === 405);

async function tryNaively(run: Run, cases: readonly BadCase[], upstream: HostileUpstream): Promise<Map<Row, number>> {
  const naive = await startNaiveGateway(upstream.url);
  const caught = new Map<Row, number>();
  for (const bad of cases) {
    const faults = await tryCase(run, bad, naive.port, upstream);
    if (faults.length > 0) caught.set(bad.row, (caught.get(bad.row) ?? 0) + 1);
  }
  await naive.close();
  return caught;
}
