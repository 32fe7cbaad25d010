// What an operation may cost, as far as its text and the schema say: found once a document. A request adds the sizes of its lists.

import {
  type DocumentNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql';
import { type Fragments, fieldsIn, fragmentsOf, type Selected } from './collected';
import { bytesOf, costOf, isCalling } from './costTable';

/** What one item of a field costs at most, with everything that is selected in it. */
export interface Weight {
  /** Its fields, of which some count as several. */
  readonly cost: number;
  /** Its bytes in the answer. */
  readonly bytes: number;
  /** Those of its fields that call the platform, such as `Device.firmware`. */
  readonly calling: ReadonlySet<string>;
}

/** A field at the root of an operation. */
export interface Root {
  /** Such as `Query.devices`. */
  readonly label: string;
  readonly node: FieldNode;
  readonly weight: Weight;
}

export interface Plan {
  readonly operation: OperationDefinitionNode;
  readonly roots: readonly Root[];
  /** Those of its document, and what it is an operation of: to find its fields anew where a request's variables decide about them. */
  readonly fragments: Fragments;
  readonly schema: GraphQLSchema;
}

const NOTHING: Weight = { cost: 0, bytes: 0, calling: new Set() };

/** The two fields that tell of the schema, and the one that is on every type. */
const introspection = new Map(
  [SchemaMetaFieldDef, TypeMetaFieldDef, TypeNameMetaFieldDef].map((field) => [field.name, field]),
);

/**
 * The plan of each operation. Fields are merged as in execution; directives count as if they left nothing out. The document is within
 * the limits and need not be valid: what the schema does not know costs nothing, since it is refused before it is executed.
 */
export function plansFrom(document: DocumentNode, schema: GraphQLSchema): Plan[] {
  const scales = new Scales(document, schema);
  return document.definitions.flatMap((operation) => {
    if (operation.kind !== Kind.OPERATION_DEFINITION) return [];
    const type = schema.getRootType(operation.operation);
    if (!type) return [];
    const { fragments } = scales;
    return [{ operation, roots: scales.rootsIn(operation.selectionSet, type), fragments, schema }];
  });
}

class Scales {
  readonly fragments: Fragments;
  /** The selection sets around the one that is being weighed. One within itself counts as empty. */
  private readonly around = new Set<SelectionSetNode>();

  constructor(
    document: DocumentNode,
    private readonly schema: GraphQLSchema,
  ) {
    this.fragments = fragmentsOf(document);
  }

  private fieldsIn(sets: readonly SelectionSetNode[], type: GraphQLObjectType): Map<string, Selected> {
    return fieldsIn(sets, type, this.schema, this.fragments);
  }

  rootsIn(set: SelectionSetNode, type: GraphQLObjectType): Root[] {
    return [...this.fieldsIn([set], type).values()].flatMap((nodes) => {
      const [node] = nodes;
      const weight = this.weightOf(nodes, type);
      return weight === NOTHING ? [] : [{ label: `${type.name}.${node.name.value}`, node, weight }];
    });
  }

  private weightIn(sets: readonly SelectionSetNode[], type: GraphQLCompositeType): Weight {
    // Of the types that may come, one comes.
    if (isAbstractType(type))
      return this.schema.getPossibleTypes(type).reduce<Weight>((greatest, possible) => {
        const { cost, bytes, calling } = this.weightIn(sets, possible);
        return {
          cost: Math.max(cost, greatest.cost),
          bytes: Math.max(bytes, greatest.bytes),
          calling: union(calling, greatest.calling),
        };
      }, NOTHING);
    return [...this.fieldsIn(sets, type).values()].reduce(
      (sum, nodes) => sumOf(sum, this.weightOf(nodes, type)),
      NOTHING,
    );
  }

  /** Of one field, which may be selected several times. */
  private weightOf([first, ...others]: Selected, type: GraphQLObjectType): Weight {
    const { alias, name } = first;
    const field = type.getFields()[name.value] ?? introspection.get(name.value);
    if (!field) return NOTHING;
    const label = `${type.name}.${name.value}`;
    const own: Weight = {
      cost: costOf(label),
      bytes: (alias ?? name).value.length + bytesOf(label),
      calling: isCalling(label) ? new Set([label]) : NOTHING.calling,
    };
    const below = getNamedType(field.type);
    if (!isCompositeType(below) || introspection.has(name.value)) return own;
    const sets = [first, ...others].flatMap(({ selectionSet }) =>
      selectionSet && !this.around.has(selectionSet) ? [selectionSet] : [],
    );
    for (const set of sets) this.around.add(set);
    const weight = sumOf(own, this.weightIn(sets, below));
    for (const set of sets) this.around.delete(set);
    return weight;
  }
}

const sumOf = (one: Weight, other: Weight): Weight => ({
  cost: one.cost + other.cost,
  bytes: one.bytes + other.bytes,
  calling: union(one.calling, other.calling),
});

function union(one: ReadonlySet<string>, other: ReadonlySet<string>): ReadonlySet<string> {
  if (one.size === 0 || other.size === 0) return one.size === 0 ? other : one;
  return new Set([...one, ...other]);
}
