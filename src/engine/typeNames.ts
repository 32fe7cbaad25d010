// Which type of a union or an interface a value has, by its class. type-graphql goes through all classes of the schema for each value.

import { type GraphQLSchema, isAbstractType } from 'graphql';
import { getMetadataStorage } from 'type-graphql';
import type { AbstractExtensions } from './completion';

/** Values of classes that no type is made of are left to the type itself. */
export function nameTypesByClass(schema: GraphQLSchema): void {
  const names = new Map<unknown, string>(getMetadataStorage().objectTypes.map(({ target, name }) => [target, name]));
  const typeNameOf = (value: unknown) => names.get((value as object | null)?.constructor);
  for (const type of Object.values(schema.getTypeMap()))
    if (isAbstractType(type)) Object.assign(type.extensions satisfies AbstractExtensions, { typeNameOf });
}
