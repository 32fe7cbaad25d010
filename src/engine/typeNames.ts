// Which type of a union or an interface a value has, by its class. type-graphql goes through all classes of the schema for each value.

import { type GraphQLSchema, isAbstractType } from 'graphql';
import { getMetadataStorage } from 'type-graphql';
import type { AbstractExtensions } from './completion';

/** A value of a class that none of its types is made of is left to the type itself. */
export function nameTypesByClass(schema: GraphQLSchema): void {
  const classOf = new Map(getMetadataStorage().objectTypes.map(({ target, name }) => [name, target]));
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isAbstractType(type)) continue;
    const names = new Map<unknown, string>(schema.getPossibleTypes(type).map(({ name }) => [classOf.get(name), name]));
    names.delete(undefined);
    const typeNameOf = (value: unknown) => names.get((value as object | null)?.constructor);
    Object.assign(type.extensions satisfies AbstractExtensions, { typeNameOf });
  }
}
