import { defineConfig } from 'vite';

// One file that needs nothing else, readable as it is served.
export default defineConfig({
  publicDir: false,
  build: {
    outDir: 'dist',
    emptyOutDir: false,
    target: 'es2022',
    minify: false,
    lib: { entry: 'src/client/calling.ts', formats: ['es'], fileName: () => 'client/calling.js' },
  },
});
