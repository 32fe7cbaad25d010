// Tells Stryker to leave the wording of errors alone: a text with a space in it that an error is made of. Codes have no space.

const isSentence = (node) =>
  (node.type === 'StringLiteral' && node.value.includes(' ')) ||
  (node.type === 'TemplateLiteral' && node.quasis.some(({ value }) => value.raw.includes(' ')));

const isArgument = ({ node, parent }) =>
  (parent.type === 'NewExpression' || (parent.type === 'CallExpression' && parent.callee.type === 'Super')) &&
  parent.arguments.includes(node);

exports.strykerPlugins = [
  {
    kind: 'Ignore',
    name: 'error-messages',
    value: {
      shouldIgnore: (path) =>
        isSentence(path.node) && isArgument(path) ? 'The wording of an error is free.' : undefined,
    },
  },
];
