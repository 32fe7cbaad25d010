// The fields that an operation selects on one type, ready to be resolved and completed as graphql's `execute` does it.

import {
  defaultFieldResolver,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNullableType,
  isLeafType,
  type OperationDefinitionNode,
  type SelectionSetNode,
  TypeNameMetaFieldDef,
} from 'graphql';
import type { Context } from '../context/context';
import { fieldsIn, type Selected } from './collected';
import { type Complete, type Completed, completionOf, failure, plainly, settled } from './completion';
import { type Data, type Pending, whenFailed, whenSettled } from './pending';
import type { Path, Run, Values } from './run';
import { argumentsOf } from './values';

/** What all parts of an operation are made with. */
export interface Operation {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Record<string, FragmentDefinitionNode>;
}

export class Selection {
  private readonly fields: readonly Field[];

  constructor(operation: Operation, type: GraphQLObjectType, sets: readonly SelectionSetNode[]) {
    const fields = fieldsIn(sets, type, operation.schema, operation.fragments);
    this.fields = [...fields].map(([name, nodes]) => new Field(operation, type, name, nodes));
  }

  /** The fields of an object. */
  all(run: Run, source: unknown, path: Path | undefined): Data | Promise<Data> {
    const data: Data = {};
    let pending: Pending[] | undefined;
    try {
      for (const field of this.fields) {
        const { name } = field;
        const value = field.in(run, source, path);
        data[name] = value;
        if (!(value instanceof Promise)) continue;
        if (pending) pending.push({ name, value });
        else pending = [{ name, value }];
      }
    } catch (cause) {
      if (!pending) throw cause;
      return whenFailed(cause, pending);
    }
    return pending ? whenSettled(data, pending) : data;
  }

  /**
   * The fields of a mutation: each begins once the one before has ended.
   *
   * @param ended called with all of them, or `failed` with what leaves nothing of them
   */
  oneByOne<Answer>(
    run: Run,
    ended: (data: Data) => Answer,
    failed: (cause: unknown) => Answer,
    data: Data = {},
    next = 0,
  ): Answer | Promise<Answer> {
    try {
      for (let i = next; i < this.fields.length; i++) {
        const field = this.fields[i] as Field;
        const value = field.in(run, undefined, undefined);
        data[field.name] = value;
        if (value instanceof Promise)
          return value.then((later) => {
            data[field.name] = later;
            return this.oneByOne(run, ended, failed, data, i + 1);
          }, failed);
      }
    } catch (cause) {
      return failed(cause);
    }
    return ended(data);
  }
}

class Field implements Completed {
  readonly schema: GraphQLSchema;
  readonly label: string;
  private readonly definition: GraphQLField<unknown, Context>;
  private readonly argumentsFrom: (variables: Values) => Values;
  private readonly complete: Complete;
  private readonly isOwn: boolean;
  private readonly leaf: GraphQLLeafType | undefined;
  /** Made when a value of the type comes, which for most never does. */
  private readonly selections = new Map<GraphQLObjectType, Selection>();

  constructor(
    private readonly operation: Operation,
    private readonly parent: GraphQLObjectType,
    readonly name: string,
    readonly nodes: Selected,
  ) {
    const fieldName = nodes[0].name.value;
    this.schema = operation.schema;
    this.label = `${parent.name}.${fieldName}`;
    this.definition = fieldName === '__typename' ? TypeNameMetaFieldDef : (parent.getFields()[fieldName] as never);
    const { resolve, type } = this.definition;
    this.isOwn = resolve !== undefined && resolve !== defaultFieldResolver;
    const nullable = getNullableType(type);
    this.leaf = isLeafType(nullable) ? nullable : undefined;
    this.argumentsFrom = argumentsOf(this.definition, nodes[0]);
    this.complete = completionOf(type, this);
  }

  /** Its value in an object. @throws GraphQLError if there is none, and null is none either */
  in(run: Run, source: unknown, prev: Path | undefined): unknown {
    const { definition, parent, name, leaf } = this;
    if (definition === TypeNameMetaFieldDef) return parent.name;
    const path: Path = { prev, key: name, typename: parent.name };
    let value: unknown;
    try {
      value = this.resolved(run, source, path);
    } catch (cause) {
      return failure(this, run, cause, path, definition.type);
    }
    return (leaf && plainly(value, leaf)) ?? settled(this, run, value, path, definition.type, this.complete);
  }

  fieldsOf(type: GraphQLObjectType, run: Run, value: unknown, path: Path): unknown {
    let selection = this.selections.get(type);
    if (!selection) {
      const sets = this.nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
      selection = new Selection(this.operation, type, sets);
      this.selections.set(type, selection);
    }
    return selection.all(run, value, path);
  }

  infoOf({ variables }: Run, path: Path): GraphQLResolveInfo {
    const { definition, nodes, parent, operation } = this;
    return {
      fieldName: definition.name,
      fieldNodes: nodes,
      returnType: definition.type,
      parentType: parent,
      path,
      schema: operation.schema,
      fragments: operation.fragments,
      rootValue: undefined,
      operation: operation.operation,
      variableValues: variables as Data,
    };
  }

  private resolved(run: Run, source: unknown, path: Path): unknown {
    const { definition, isOwn } = this;
    if (!isOwn) {
      const value = (source as Data | undefined)?.[definition.name];
      if (typeof value !== 'function') return value;
    }
    const resolve = definition.resolve ?? defaultFieldResolver;
    return resolve(source, this.argumentsFrom(run.variables), run.context, this.infoOf(run, path));
  }
}
