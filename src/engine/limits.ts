// What a client may ask for at once. A document over a limit is refused before it is validated, so that refusing is cheap.

import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  type SelectionSetNode,
  visit,
} from 'graphql';

export const BODY_LIMIT_BYTES = 524_288;
/** Of a document's text in UTF-8: it bounds what is read to find the lines of its faults, too. */
export const DOCUMENT_BYTES_LIMIT = 16_384;
export const TOKENS_LIMIT = 2000;
export const DEPTH_LIMIT = 8;
export const NESTING_LIMIT = 16;
export const ALIASES_LIMIT = 15;
/** Of one name in an answer, over the whole document. */
export const REPETITIONS_LIMIT = 200;
export const DIRECTIVES_LIMIT = 5;
export const MUTATION_ROOTS_LIMIT = 5;
export const SUBSCRIPTION_ROOTS_LIMIT = 1;
export const QUERY_ROOTS_LIMIT = 10;

/** An operation that is refused as a whole. The codes are those of Apollo Server and Apollo Router, where they have one. */
export interface DocumentFault {
  message: string;
  code:
    | 'GRAPHQL_PARSE_FAILED'
    | 'GRAPHQL_VALIDATION_FAILED'
    | 'COST_ESTIMATED_TOO_EXPENSIVE'
    | 'TOO_MANY_UPSTREAM_CALLS'
    | 'BAD_USER_INPUT';
  locations?: readonly { line: number; column: number }[];
}

/**
 * The document of a text, or why it is refused. The reason repeats neither a value that was sent nor the parser's words, which contain some.
 * Its nodes have no locations: an error of execution would read the text anew to find its line, and there may be one for each item of a list.
 */
export function documentFrom(query: string): DocumentNode | DocumentFault {
  const code = 'GRAPHQL_PARSE_FAILED';
  if (Buffer.byteLength(query) > DOCUMENT_BYTES_LIMIT)
    return { message: `The document has more than ${DOCUMENT_BYTES_LIMIT} bytes.`, code };
  let document: DocumentNode;
  try {
    document = parse(query, { maxTokens: TOKENS_LIMIT, noLocation: true });
  } catch (cause) {
    // Stryker disable next-line ConditionalExpression,ObjectLiteral,StringLiteral: the parser throws nothing else today.
    if (!(cause instanceof GraphQLError)) return { message: 'The document cannot be read.', code };
    if (cause.message.startsWith('Syntax Error: Document contains more'))
      return { message: `The document has more than ${TOKENS_LIMIT} tokens.`, code };
    return { message: 'The document is not valid GraphQL.', code, locations: cause.locations ?? [] };
  }
  const message = excessOf(document) ?? repetitionIn(document);
  return message === undefined ? document : { message, code: 'GRAPHQL_VALIDATION_FAILED' };
}

/** Validation compares all fields of one name with each other, so what it takes grows with their square. */
function repetitionIn(document: DocumentNode): string | undefined {
  const times = new Map<string, number>();
  let most = 0;
  visit(document, {
    Field({ alias, name }) {
      const key = (alias ?? name).value;
      const now = (times.get(key) ?? 0) + 1;
      times.set(key, now);
      most = Math.max(most, now);
    },
  });
  return most > REPETITIONS_LIMIT
    ? `The document has ${most} fields of one name; at most ${REPETITIONS_LIMIT} are allowed.`
    : undefined;
}

// Stryker disable OptionalChaining: the parser sets every list of a node, empty or not.
interface Measure {
  fields: number;
  typenames: number;
  aliases: number;
  directives: number;
  depth: number;
  /** Selection sets within each other, this one included. The fields of introspection open none: the usual query for a schema nests deeper. */
  nesting: number;
  /** Those of them that fragments open. */
  fragments: number;
}

const nothing: Readonly<Measure> = {
  fields: 0,
  typenames: 0,
  aliases: 0,
  directives: 0,
  depth: 0,
  nesting: 0,
  fragments: 0,
};

/** The first limit that an operation exceeds, counted through fragments as if each were written out. */
function excessOf(document: DocumentNode): string | undefined {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  const measures = new Map<string, Measure>();

  for (const node of document.definitions) {
    if (node.kind !== Kind.OPERATION_DEFINITION) continue;
    const message = excessOfOperation(node, measureOf(node.selectionSet, fragments, measures));
    if (message !== undefined) return message;
  }
  return undefined;
}

const rootsLimits: Readonly<Record<OperationTypeNode, number>> = {
  query: QUERY_ROOTS_LIMIT,
  mutation: MUTATION_ROOTS_LIMIT,
  subscription: SUBSCRIPTION_ROOTS_LIMIT,
};

function excessOfOperation(operation: OperationDefinitionNode, measure: Measure): string | undefined {
  const isQuery = operation.operation === OperationTypeNode.QUERY;
  const roots = !isQuery ? measure.fields - Math.min(1, measure.typenames) : measure.fields;
  const onVariables = operation.variableDefinitions?.reduce(
    (sum, { directives }) => sum + (directives?.length ?? 0),
    0,
  );
  const counts: [count: number, limit: number, what: string][] = [
    [roots, rootsLimits[operation.operation], `root selections in a ${operation.operation}`],
    [measure.depth, DEPTH_LIMIT, 'levels of fields'],
    [measure.nesting, NESTING_LIMIT, 'selection sets within each other'],
    [measure.aliases, ALIASES_LIMIT, 'aliases'],
    [measure.directives + (operation.directives?.length ?? 0) + (onVariables ?? 0), DIRECTIVES_LIMIT, 'directives'],
  ];
  const excess = counts.find(([count, limit]) => count > limit);
  return excess && `The operation has ${excess[0]} ${excess[2]}; at most ${excess[1]} are allowed.`;
}

function measureOf(
  { selections }: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  measures: Map<string, Measure>,
): Measure {
  const sum: Measure = { ...nothing };
  let nesting = 0;
  for (const node of selections) {
    sum.directives += node.directives?.length ?? 0;
    if (node.kind === Kind.FIELD) {
      const isIntrospection = node.name.value.startsWith('__');
      const below = node.selectionSet ? measureOf(node.selectionSet, fragments, measures) : nothing;
      sum.fields += 1;
      sum.typenames += node.name.value === '__typename' ? 1 : 0;
      sum.aliases += (node.alias ? 1 : 0) + below.aliases;
      sum.directives += below.directives;
      sum.depth = Math.max(sum.depth, isIntrospection ? 0 : 1 + below.depth);
      sum.fragments = Math.max(sum.fragments, below.fragments);
      nesting = Math.max(nesting, isIntrospection ? below.fragments : below.nesting);
    } else {
      const within =
        node.kind === Kind.INLINE_FRAGMENT
          ? measureOf(node.selectionSet, fragments, measures)
          : measureOfFragment(node.name.value, fragments, measures);
      sum.fields += within.fields;
      sum.typenames += within.typenames;
      sum.aliases += within.aliases;
      sum.directives += within.directives;
      sum.depth = Math.max(sum.depth, within.depth);
      sum.fragments = Math.max(sum.fragments, 1 + within.fragments);
      nesting = Math.max(nesting, within.nesting);
    }
  }
  sum.nesting = 1 + nesting;
  return sum;
}

/** Each fragment is measured once, however often it is spread. A fragment that contains itself counts as empty: validation refuses it. */
function measureOfFragment(
  name: string,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  measures: Map<string, Measure>,
): Measure {
  const measured = measures.get(name);
  if (measured) return measured;
  const fragment = fragments.get(name);
  if (!fragment) return nothing;
  measures.set(name, nothing);
  const measure = measureOf(fragment.selectionSet, fragments, measures);
  measure.directives += fragment.directives?.length ?? 0;
  measures.set(name, measure);
  return measure;
}
