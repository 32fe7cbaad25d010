// The one query that reads nothing of anybody. It is taken by GET, and where nothing but trusted documents is executed.

/** As Apollo's documentation writes it, with or without spaces. What has a name is an app's or a scanner's, and no health check. */
const HEALTH_CHECK = /^\s*(?:query\s*)?\{\s*__typename\s*\}\s*$/;
const HEALTH_CHECK_CHARACTERS = 1024;

/** @see https://www.apollographql.com/docs/apollo-server/monitoring/health-checks */
export const isHealthCheck = (query: string): boolean =>
  query.length <= HEALTH_CHECK_CHARACTERS && HEALTH_CHECK.test(query);
