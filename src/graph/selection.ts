// What a field's selection asks for, as far as that is certain before anything is resolved.

import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';

/**
 * The names of the fields that are selected beneath an operation's one field, fragments included, whatever type they are on.
 *
 * @returns undefined if the operation has other fields, or a directive decides about any of them
 */
export function selectedFields(info: GraphQLResolveInfo): ReadonlySet<string> | undefined {
  const { fieldNodes, fragments, operation } = info;
  const [only, ...others] = operation.selectionSet.selections;
  if (only !== fieldNodes[0] || others.length > 0) return undefined;
  const names = new Set<string>();
  const seen = new Set<string>();

  const isDecided = (selectionSet: SelectionSetNode | undefined): boolean =>
    (selectionSet?.selections ?? []).every((selection) => {
      if (selection.directives?.length) return false;
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        // Each fragment is looked into once: fragments that spread others twice would double the work at each level.
        if (seen.has(selection.name.value)) return true;
        seen.add(selection.name.value);
        return isDecided(fragments[selection.name.value]?.selectionSet);
      }
      if (selection.kind === Kind.INLINE_FRAGMENT) return isDecided(selection.selectionSet);
      names.add(selection.name.value);
      return true;
    });

  return isDecided(fieldNodes[0]?.selectionSet) ? names : undefined;
}
