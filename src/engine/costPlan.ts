// What an operation may cost, as far as its text and the schema say: found once a document. A request adds the sizes of its lists.

import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  type InlineFragmentNode,
  isAbstractType,
  isCompositeType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionNode,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql';
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
}

const introspection = new Map(
  [SchemaMetaFieldDef, TypeMetaFieldDef, TypeNameMetaFieldDef].map((field) => [field.name, field]),
);

const NOTHING: Weight = { cost: 0, bytes: 0, calling: new Set() };

const sumOf = (one: Weight, other: Weight): Weight => ({
  cost: one.cost + other.cost,
  bytes: one.bytes + other.bytes,
  calling: union(one.calling, other.calling),
});

/** Of the types that may come, one comes. */
const greaterOf = (one: Weight, other: Weight): Weight => ({
  cost: Math.max(one.cost, other.cost),
  bytes: Math.max(one.bytes, other.bytes),
  calling: union(one.calling, other.calling),
});

function union(one: ReadonlySet<string>, other: ReadonlySet<string>): ReadonlySet<string> {
  if (one.size === 0 || other.size === 0) return one.size === 0 ? other : one;
  return new Set([...one, ...other]);
}

/**
 * The plan of each operation. Directives count as if they left nothing out. The document is within the limits and need not be valid:
 * what the schema does not know costs nothing, since it is refused before it is executed.
 */
export function plansFrom(document: DocumentNode, schema: GraphQLSchema): Plan[] {
  const scales = new Scales(document, schema);
  return document.definitions.flatMap((operation) => {
    if (operation.kind !== Kind.OPERATION_DEFINITION) return [];
    const type = schema.getRootType(operation.operation);
    return type ? [{ operation, roots: scales.rootsIn(operation.selectionSet, type) }] : [];
  });
}

/** Looks at each selection set once a type, however often its fragment is spread. One that contains itself counts as empty there. */
class Scales {
  private readonly fragments = new Map<string, FragmentDefinitionNode>();
  private readonly weights = new Map<SelectionSetNode, Map<GraphQLObjectType, Weight>>();
  private readonly roots = new Map<SelectionSetNode, readonly Root[]>();

  constructor(
    document: DocumentNode,
    private readonly schema: GraphQLSchema,
  ) {
    for (const node of document.definitions)
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(node.name.value, node);
  }

  rootsIn(set: SelectionSetNode, type: GraphQLObjectType): readonly Root[] {
    const known = this.roots.get(set);
    if (known) return known;
    this.roots.set(set, []);
    const roots = set.selections.flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return this.rootFrom(selection, type);
      const part = this.partOf(selection, type);
      return part ? this.rootsIn(part, type) : [];
    });
    this.roots.set(set, roots);
    return roots;
  }

  private rootFrom(node: FieldNode, type: GraphQLObjectType): Root[] {
    const weight = this.weightOfField(node, type);
    return weight === NOTHING ? [] : [{ label: `${type.name}.${node.name.value}`, node, weight }];
  }

  private weightIn(set: SelectionSetNode, type: GraphQLCompositeType): Weight {
    if (!isAbstractType(type)) return this.weightOn(set, type);
    const possible = this.schema.getPossibleTypes(type);
    return possible.map((each) => this.weightOn(set, each)).reduce(greaterOf, NOTHING);
  }

  private weightOn(set: SelectionSetNode, type: GraphQLObjectType): Weight {
    const ofSet = this.weights.get(set) ?? new Map<GraphQLObjectType, Weight>();
    this.weights.set(set, ofSet);
    const known = ofSet.get(type);
    if (known) return known;
    ofSet.set(type, NOTHING);
    const weight = set.selections.map((selection) => this.weightOf(selection, type)).reduce(sumOf, NOTHING);
    ofSet.set(type, weight);
    return weight;
  }

  private weightOf(selection: SelectionNode, type: GraphQLObjectType): Weight {
    if (selection.kind === Kind.FIELD) return this.weightOfField(selection, type);
    const part = this.partOf(selection, type);
    return part ? this.weightOn(part, type) : NOTHING;
  }

  private weightOfField({ alias, name, selectionSet }: FieldNode, type: GraphQLObjectType): Weight {
    const field = type.getFields()[name.value] ?? introspection.get(name.value);
    if (!field) return NOTHING;
    const label = `${type.name}.${name.value}`;
    const own = {
      cost: costOf(label),
      bytes: (alias ?? name).value.length + bytesOf(label),
      calling: isCalling(label) ? new Set([label]) : NOTHING.calling,
    };
    const below = getNamedType(field.type);
    return selectionSet && isCompositeType(below) ? sumOf(own, this.weightIn(selectionSet, below)) : own;
  }

  /** What a fragment selects, if it is for the type. */
  private partOf(selection: Exclude<SelectionNode, FieldNode>, type: GraphQLObjectType): SelectionSetNode | undefined {
    const part: FragmentDefinitionNode | InlineFragmentNode | undefined =
      selection.kind === Kind.INLINE_FRAGMENT ? selection : this.fragments.get(selection.name.value);
    const condition = part?.typeCondition && this.schema.getType(part.typeCondition.name.value);
    const isFor =
      condition === undefined ||
      condition === type ||
      (isAbstractType(condition) && this.schema.isSubType(condition, type));
    return isFor ? part?.selectionSet : undefined;
  }
}
