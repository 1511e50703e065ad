import preact from '@preact/preset-vite';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

// The page does not carry the calling client with it: it loads the one that
// everybody else loads.
function sharedClient(): Plugin {
  return {
    name: 'shared-client',
    apply: 'build',
    enforce: 'pre',
    resolveId(source) {
      return source.endsWith('/client/calling') ? { id: '/client/calling.js', external: 'absolute' } : null;
    },
  };
}

const server = 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [preact({ devToolsEnabled: false, prefreshEnabled: false }), sharedClient()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: false,
    assetsInlineLimit: 0,
  },
  // `npm run dev` beside a running botd.
  server: { proxy: { '/client/signal': { target: server, ws: true }, '/dev': server } },
  test: { include: ['test/**/*.test.ts'], environment: 'node' },
});
