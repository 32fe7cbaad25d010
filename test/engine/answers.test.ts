// What an answer holds at most: entries in `errors`, and bytes of data. Both lanes answer it.

import { OperationTypeNode, parse } from 'graphql';
import { ANSWER_BYTES_LIMIT } from '../../src/engine/answers';
import { demandOf } from '../../src/engine/cost';
import { plansFrom } from '../../src/engine/costPlan';
import { createSchema } from '../../src/engine/schema';
import { CONFIRM, PRODUCT } from '../pair';
import { entitiesOf, idsOf, type Lanes, onEntities, sameEntity, startLanes, times } from './lanes';

let lanes: Lanes;
beforeAll(async () => {
  lanes = await startLanes();
});
afterAll(() => lanes.close());

const bad = (count: number) => ({
  r: Array.from({ length: count }, (_, i) => ({ __typename: 'Device', id: `bad-${i}` })),
});
const tooLarge = {
  message: `The answer has more than ${ANSWER_BYTES_LIMIT} bytes; ask for less at once.`,
  extensions: { code: 'ANSWER_TOO_LARGE' },
};

describe('the errors of an answer', () => {
  it('are 100 at most, the first of them, and a null for each of all', async () => {
    const { status, body } = await lanes.answerTo(onEntities('id'), bad(1000));
    expect([status, body.data]).toEqual([200, { _entities: Array(1000).fill(null) }]);
    expect((body.errors as { path: unknown }[]).map(({ path }) => path)).toEqual(
      Array.from({ length: 100 }, (_, i) => ['_entities', i]),
    );
  });

  it('are 100 at most over several lists, and hide nothing that can be answered', async () => {
    const lists = times(5, (i) => `a${i}: _entities(representations: $r) { ... on Device { deviceName } }`);
    const { r } = bad(99);
    const { body } = await lanes.answerTo(`query ($r: [_Any!]!) { ${lists} }`, {
      r: [...r, ...entitiesOf(idsOf(1)).r],
    });
    expect(body.errors).toHaveLength(100);
    const list = [...Array(99).fill(null), { deviceName: 'lamp-0' }];
    expect(body.data).toEqual(Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`a${i}`, list])));
  });

  it('are the client’s, where a directive has no value, and 100 at most', async () => {
    const query = onEntities('id @include(if: $x)').replace('($r', '($x: Boolean = true, $r');
    const { body } = await lanes.answerTo(query, { ...entitiesOf(idsOf(500)), x: null });
    expect(body.errors).toHaveLength(100);
    expect(body.errors).toContainEqual({
      message: 'An argument does not fit its type.',
      path: ['_entities', 0],
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });

  it.each([
    ['the fast lane', 0],
    ['Apollo Server', 1],
  ])('cost as much behind 15,000 lines as behind one, in %s', async (_name, lane) => {
    const variables = { ...entitiesOf(idsOf(500)), x: null };
    const took = async (query: string) => {
      const startedAt = performance.now();
      await lanes.pairs[lane]?.ask(query, variables);
      return performance.now() - startedAt;
    };
    const one = onEntities('id @include(if: $x)').replace('($r', '($x: Boolean = true, $r');
    const many = '\n'.repeat(15_000) + one;
    const shortest = { one: Number.POSITIVE_INFINITY, many: Number.POSITIVE_INFINITY };
    for (let i = 0; i < 5; i++) {
      shortest.one = Math.min(shortest.one, await took(one));
      shortest.many = Math.min(shortest.many, await took(many));
    }
    // Each location would read 15,000 lines: 500 of them take several times as long as everything else.
    expect(shortest.many).toBeLessThan(shortest.one * 2);
  });
});

describe('the bytes of an answer', () => {
  const NOTES = onEntities('firmware { ... on DeviceFirmware { release { notes } } }');
  /** The platform's notes are so long. */
  const withNotes = (notes: string) => {
    for (const pair of lanes.pairs)
      pair.simulator.override = ({ action, body }, response) => {
        if (action !== 'AppDescribeFirmware') return false;
        response.end(JSON.stringify({ Response: { RequestId: body.RequestId, Description: notes } }));
        return true;
      };
  };
  afterEach(() => {
    for (const pair of lanes.pairs) pair.simulator.override = undefined;
  });

  it.each([
    ['of three bytes', '灯'.repeat(20_000), 139],
    ['of one byte', 'x'.repeat(20_000), 418],
    ['that JSON escapes', '\u0001'.repeat(10_000), 139],
  ])('%s a character are 8 MiB at most', async (_name, notes, most) => {
    withNotes(notes);
    const taken = await lanes.answerTo(NOTES, sameEntity(most));
    expect([taken.status, (taken.body.data as { _entities: unknown[] })._entities.length]).toEqual([200, most]);
    const refused = await lanes.answerTo(NOTES, sameEntity(most + 3));
    expect(refused).toEqual({ status: 400, body: { errors: [tooLarge] }, calls: 2 });
  });

  it('count the names of its fields', async () => {
    const answer = await lanes.answerTo(onEntities(`${'a'.repeat(15_000)}: id`), sameEntity(1000));
    expect([answer.status, answer.body]).toEqual([400, { errors: [tooLarge] }]);
  });

  it('hide no confirm: a mutation that could have more is refused before it is executed', async () => {
    withNotes('灯'.repeat(20_000));
    const notes = `device { firmware { ... on DeviceFirmware { release { ${times(15, (i) => `a${i}: notes`)} } } } }`;
    const mutation = CONFIRM.replace('device { id } }', `${notes} }`);
    for (const pair of lanes.pairs) {
      const { status, body } = await pair.ask(mutation, { productId: PRODUCT, deviceName: 'lamp-2' });
      expect([status, body.data.confirmFirmwareUpgrade.__typename]).toEqual([200, 'ConfirmFirmwareUpgradeSuccess']);
    }
    // No document within the other limits comes near: one root and 15 aliases are not enough.
    const [plan] = plansFrom(parse(mutation), createSchema());
    const [root] = plan?.roots ?? [];
    if (!plan || !root) throw new Error('expected a plan with a root');
    expect(plan.operation.operation).toBe(OperationTypeNode.MUTATION);
    expect(demandOf(plan, null)).toBeLessThan(ANSWER_BYTES_LIMIT / 2);
    const heavy = { ...root, weight: { ...root.weight, bytes: ANSWER_BYTES_LIMIT + 1 } };
    expect(demandOf({ ...plan, roots: [heavy] }, null)).toMatchObject({ code: 'COST_ESTIMATED_TOO_EXPENSIVE' });
  });
});
