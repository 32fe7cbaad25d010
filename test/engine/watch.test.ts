// A bug in a resolver: whole in the log, masked to the client.

import { buildSchema, graphql } from 'graphql';
import { watched } from '../../src/engine/watch';

it('logs a bug whole, and masks it for the client', async () => {
  const schema = buildSchema('type Query { broken: String, fine: String }');
  const { broken } = schema.getQueryType()?.getFields() ?? {};
  if (broken)
    broken.resolve = () => {
      throw new TypeError('inner words');
    };
  const bugs: unknown[] = [];
  const contextValue = { requestId: 'r-1' };
  const onBug = (bug: unknown, requestId: string) => bugs.push([bug, requestId]);
  const { errors } = await graphql({
    schema: watched(schema, { bug: onBug, fieldEnded: () => undefined }),
    source: '{ broken }',
    contextValue,
  });
  expect(errors?.map(({ message, extensions }) => [message, extensions.code])).toEqual([
    ['Internal server error', 'INTERNAL_SERVER_ERROR'],
  ]);
  expect(bugs).toEqual([[new TypeError('inner words'), 'r-1']]);
});
