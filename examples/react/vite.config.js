// The package is a link to its folder in this repository: that is served too, and its React is this folder's.

/** @type {import('vite').UserConfig} */
// biome-ignore lint/style/noDefaultExport: Vite reads the default export
export default {
  esbuild: { jsx: 'automatic' },
  resolve: { dedupe: ['react', 'react-dom'] },
  server: { fs: { allow: ['.', '../../clients'] } },
};
