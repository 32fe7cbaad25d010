// Imported first: graphql's checks for developers cost every answer, and nothing here depends on NODE_ENV.

process.env.NODE_ENV ??= 'production';
