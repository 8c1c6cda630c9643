// Bundles the page: one script, one style sheet, nothing that is fetched from elsewhere.
import { defineConfig } from 'vite';

export default defineConfig({
  root: 'page',
  base: './',
  build: {
    outDir: '../dist/page',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: false,
    reportCompressedSize: false,
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
});
