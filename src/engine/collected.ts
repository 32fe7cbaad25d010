// Which fields an operation selects on a type, merged as in execution.

import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  type InlineFragmentNode,
  isAbstractType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** One field, as often as it is selected. */
export type Selected = [FieldNode, ...FieldNode[]];

export type Fragments = Record<string, FragmentDefinitionNode>;

export function fragmentsOf(document: DocumentNode): Fragments {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments[node.name.value] = node;
  return fragments;
}

const NEVER = (): boolean => false;

/**
 * The fields that are selected on a type, by the name that they have in the answer.
 *
 * @param isLeftOut whether a directive leaves a selection out; by default, none does
 */
export function fieldsIn(
  sets: readonly SelectionSetNode[],
  type: GraphQLObjectType,
  schema: GraphQLSchema,
  fragments: Fragments,
  isLeftOut: (selection: SelectionNode) => boolean = NEVER,
): Map<string, Selected> {
  const fields = new Map<string, Selected>();
  const spread = new Set<FragmentDefinitionNode | InlineFragmentNode>();
  const isFor = ({ typeCondition }: FragmentDefinitionNode | InlineFragmentNode): boolean => {
    const condition = typeCondition && schema.getType(typeCondition.name.value);
    if (condition === undefined || condition === type) return true;
    return isAbstractType(condition) && schema.isSubType(condition, type);
  };
  const collect = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (isLeftOut(selection)) continue;
      if (selection.kind === Kind.FIELD) {
        const name = (selection.alias ?? selection.name).value;
        const nodes = fields.get(name);
        if (nodes) nodes.push(selection);
        else fields.set(name, [selection]);
        continue;
      }
      const part = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments[selection.name.value];
      if (!part || spread.has(part) || !isFor(part)) continue;
      spread.add(part);
      collect(part.selectionSet);
    }
  };
  sets.forEach(collect);
  return fields;
}
