// Makes src/demo/page.html, the page of the demo: one file with everything in it. With --check it only says whether what is there is stale.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const [root, page] = ['.', '../../src/demo/page.html'].map((path) => fileURLToPath(new URL(path, import.meta.url)));

const { output } = await build({
  root,
  logLevel: 'warn',
  build: { write: false, target: 'es2022', modulePreload: false, rollupOptions: { input: `${root}/demo.html` } },
});
const textOf = (end) =>
  output
    .filter(({ fileName }) => fileName.endsWith(end))
    .map(({ code, source }) => code ?? String(source))
    .join('\n');

const script = textOf('.js').trim().replaceAll('</script', '<\\/script');
const html = textOf('.html')
  .replace(/\s*<script[^>]*><\/script>/, '')
  .replace(/\s*<link rel="stylesheet"[^>]*>/, () => `\n    <style>${textOf('.css').trim()}</style>`)
  .replace('</body>', () => `  <script type="module">${script}</script>\n  </body>`);

if (!process.argv.includes('--check')) writeFileSync(page, html);
else if (readFileSync(page, 'utf8') !== html) {
  process.stderr.write('src/demo/page.html is stale: npm run build:demo\n');
  process.exitCode = 1;
}
