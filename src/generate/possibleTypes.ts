// The text of `clients/possibleTypes.json`: Apollo Client does not know by itself which types an interface or a union has, and
// drops the fields of a fragment on one. Knows no files.

import { isAbstractType } from 'graphql';
import { createPlainSchema } from '../engine/schema';

/** Matches error types that a later gateway adds, whose fields would be dropped otherwise. */
const LATER_ERROR_TYPES = '.+Error';

const HEADER = '// Generated from the schema by `npm run generate`: do not edit.\n\n';

/** The same as a module: JSON is imported in one way by some bundlers, and in another by others. */
export const possibleTypesModule = (): string =>
  `${HEADER}export const possibleTypes: Record<string, string[]> = ${possibleTypesText().trimEnd()};\n`;

export function possibleTypesText(): string {
  const schema = createPlainSchema();
  const byName: Record<string, string[]> = {};
  for (const type of Object.values(schema.getTypeMap()).filter(isAbstractType))
    byName[type.name] = schema
      .getPossibleTypes(type)
      .map(({ name }) => name)
      .sort();
  byName.TokenApiError?.push(LATER_ERROR_TYPES);
  const sorted = Object.fromEntries(Object.entries(byName).sort(([one], [other]) => one.localeCompare(other)));
  return `${JSON.stringify(sorted, null, 2)}\n`;
}
