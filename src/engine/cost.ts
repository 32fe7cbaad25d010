// What a request may cost, refused before anything of it is executed. After the GraphQL cost specification, as Apollo Router's demand
// control does it: the size of a list times what is selected in an item. @see https://ibm.github.io/graphql-specs/cost-spec.html

import { OperationTypeNode, type VariableDefinitionNode, valueFromASTUntyped } from 'graphql';
import { UPSTREAM_CALLS_LIMIT } from '../context/loaders';
import { ANSWER_BYTES_LIMIT } from './answers';
import type { Plan, Root } from './costPlan';
import { lists } from './costTable';
import type { DocumentFault } from './limits';
import { upstreamCalls } from './schema';

/** A hundred devices with every field cost 7,000, a thousand with their connectivity 12,000. */
export const COST_LIMIT = 20_000;

type Values = Readonly<Record<string, unknown>>;
/** A field with its items: those of the list that its argument holds, else one, which is its arguments. */
type Sized = Root & { readonly items: readonly unknown[] };

/** Why the operation is refused with these variables; else the bytes that its answer has at most. */
export function demandOf(plan: Plan, variables: Values | null): DocumentFault | number {
  if (plan.roots.some(({ label }) => label in lists)) return demandWith(plan, variables);
  let demand = withoutLists.get(plan);
  if (demand === undefined) {
    demand = demandWith(plan, variables);
    withoutLists.set(plan, demand);
  }
  return demand;
}

/** Of plans without a list: it is the same for all variables. */
const withoutLists = new WeakMap<Plan, DocumentFault | number>();

function demandWith({ operation, roots }: Plan, variables: Values | null): DocumentFault | number {
  const values = valuesOf(operation.variableDefinitions ?? [], variables ?? {});
  const sized = roots.map((root) => ({ ...root, items: itemsOf(root, values) }));
  const [cost, bytes] = [sumOf(sized, 'cost'), sumOf(sized, 'bytes')];
  if (cost > COST_LIMIT) return excess(`costs ${cost}`, COST_LIMIT, 'COST_ESTIMATED_TOO_EXPENSIVE');
  // The answer of a mutation is never withheld afterwards.
  if (operation.operation === OperationTypeNode.MUTATION && bytes > ANSWER_BYTES_LIMIT)
    return excess(`may have an answer of ${bytes} bytes`, ANSWER_BYTES_LIMIT, 'COST_ESTIMATED_TOO_EXPENSIVE');
  const calls = callsOf(sized);
  if (calls > UPSTREAM_CALLS_LIMIT)
    return excess(`needs ${calls} calls of the platform`, UPSTREAM_CALLS_LIMIT, 'TOO_MANY_UPSTREAM_CALLS');
  return bytes;
}

const excess = (what: string, limit: number, code: DocumentFault['code']): DocumentFault => ({
  message: `The operation ${what}; at most ${limit} are allowed.`,
  code,
});

function valuesOf(definitions: readonly VariableDefinitionNode[], given: Values): Values {
  const entries = definitions.map(({ variable: { name }, defaultValue }) => [
    name.value,
    Object.hasOwn(given, name.value) || !defaultValue ? given[name.value] : valueFromASTUntyped(defaultValue),
  ]);
  return Object.fromEntries(entries);
}

function itemsOf({ label, node }: Root, values: Values): readonly unknown[] {
  const list = lists[label];
  const entries = (node.arguments ?? []).map(({ name, value }) => [name.value, valueFromASTUntyped(value, values)]);
  const given: Values = Object.fromEntries(entries);
  if (!list) return [given];
  const items = given[list.argument] ?? list.byDefault ?? [];
  // Which devices they are shows later: no two of them may be the same one.
  if (list.byDefault !== undefined) return namelessItems(node, items, list.limit);
  // In place of a list, GraphQL takes one item for a list of it.
  if (!Array.isArray(items)) return [items];
  return items.length > list.limit ? [] : items;
}

/** A number that the field refuses brings none. */
function namelessItems({ alias, name }: Root['node'], count: unknown, limit: number): readonly string[] {
  const length =
    Number.isInteger(count) && (count as number) >= 1 && (count as number) <= limit ? (count as number) : 0;
  return Array.from({ length }, (_, i) => `${(alias ?? name).value} ${i}`);
}

const sumOf = (roots: readonly Sized[], what: 'cost' | 'bytes'): number =>
  // Without items, what has no bound counts for nothing, too.
  roots.reduce((sum, { items, weight }) => sum + (items.length && items.length * weight[what]), 0);

/** The same device is read once, however often it is named. The names are compared only if it decides. */
function callsOf(roots: readonly Sized[]): number {
  const all = callsFor(roots, (some) => some.reduce((sum, { items }) => sum + items.length, 0));
  if (all <= UPSTREAM_CALLS_LIMIT) return all;
  return callsFor(roots, (some) => new Set(some.flatMap(({ items }) => items.map(nameOf))).size);
}

const callsFor = (roots: readonly Sized[], devicesIn: (roots: readonly Sized[]) => number): number =>
  Object.entries(upstreamCalls).reduce((sum, [field, calls]) => {
    const selecting = roots.filter(({ items, weight }) => items.length > 0 && weight.calling.has(field));
    return sum + calls(devicesIn(selecting), selecting.length);
  }, 0);

/** What tells a device from others, as an id, by either key of a representation or by two arguments. What names none is read nowhere. */
function nameOf(item: unknown): string {
  if (typeof item === 'string') return item;
  const { id, productId, deviceName } = Object(item) as Record<string, unknown>;
  if (typeof id === 'string') return id;
  return typeof productId === 'string' && typeof deviceName === 'string' ? `${productId}/${deviceName}` : '';
}
