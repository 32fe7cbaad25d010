// The control in front: a GraphQL server as one writes it in a hurry, over the naive client. Whatever can be read
// is executed, and what goes wrong is answered in full.

import { createServer } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { buildSchema, type ExecutionResult, execute, parse, specifiedRules, validate } from 'graphql';
import { createNaiveClient } from './naive';

const schema = buildSchema(`
  type Query { device(productId: String!, deviceName: String!): Device }
  type Mutation { confirmFirmwareUpgrade(productId: String!, deviceName: String!): ConfirmFirmwareUpgradeResult! }
  type Subscription { confirmFirmwareUpgrade(productId: String!, deviceName: String!): ConfirmFirmwareUpgradeResult! }
  type Device { id: ID! device: Device }
  union ConfirmFirmwareUpgradeResult = ConfirmFirmwareUpgradeSuccess | TokenApiError
  type ConfirmFirmwareUpgradeSuccess { requestId: ID device: Device }
  type TokenApiError { code: String message: String requestId: ID nextStep: String retryAfterMs: Int }
`);

/** Without the one that graphql added against circles. */
const rules = specifiedRules.filter(({ name }) => name !== 'MaxIntrospectionDepthRule');

export interface NaiveGateway {
  readonly port: number;
  close(): Promise<void>;
}

export async function startNaiveGateway(tokenApiUrl: string): Promise<NaiveGateway> {
  const client = createNaiveClient(tokenApiUrl);
  const rootValue = {
    device: ({ productId, deviceName }: Record<string, string>) => ({ id: `${productId}/${deviceName}` }),
    confirmFirmwareUpgrade: async ({ deviceName = '' }, { authorization = '' }: { authorization?: string }) => {
      const { result } = await client.confirm(deviceName, authorization.replace('Bearer ', ''));
      return result;
    },
  };
  const answerTo = async (given: Record<string, unknown>, context: object): Promise<ExecutionResult> => {
    const document = parse(String(given.query));
    const found = validate(schema, document, rules);
    const result: ExecutionResult =
      found.length > 0
        ? { errors: found }
        : await execute({
            schema,
            document,
            rootValue,
            contextValue: context,
            variableValues: given.variables as Record<string, unknown>,
            operationName: given.operationName as string,
          });
    const tracing = { version: 1, startTime: new Date().toISOString() };
    const errors = result.errors?.map((error) => ({
      ...error.toJSON(),
      extensions: { exception: error.stack, tracing },
    }));
    return { ...result, ...(errors && { errors }), extensions: { tracing } } as ExecutionResult;
  };

  const server = createServer(
    { insecureHTTPParser: true, maxHeaderSize: 100_000, requireHostHeader: false },
    async (request, response) => {
      try {
        const text = await textOf(request);
        const { searchParams } = new URL(request.url ?? '', 'http://localhost');
        if (request.headers.accept === 'text/html') {
          response.setHeader('content-type', 'text/html').end('<title>GraphiQL</title>');
          return;
        }
        const isForm = request.headers['content-type']?.includes('urlencoded');
        const given =
          text === ''
            ? Object.fromEntries(searchParams)
            : isForm
              ? Object.fromEntries(new URLSearchParams(text))
              : JSON.parse(text);
        const context = { authorization: request.headers.authorization };
        const answer = Array.isArray(given)
          ? await Promise.all(given.map((one) => answerTo(one, context)))
          : await answerTo(given, context);
        response.end(JSON.stringify(answer));
      } catch (cause) {
        response.statusCode = 500;
        response.setHeader('content-type', 'text/html').end(`<pre>"exception": ${(cause as Error).stack}</pre>`);
      }
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    async close() {
      server.close();
      server.closeAllConnections();
      await client.close();
    },
  };
}
