// Builds everything that is served into a directory, web/dist if none is named.

import { join } from 'node:path';
import { build } from 'vite';
import { writeTypes } from './types.mjs';

/** Builds into the directory. The same sources give the same bytes. */
export async function buildAll(outDir) {
  for (const configFile of ['vite.config.ts', 'vite.client.config.ts']) {
    await build({ configFile, logLevel: 'warn', build: { outDir } });
  }
  writeTypes(join(outDir, 'client', 'calling.d.ts'));
}

if (process.argv[1] === import.meta.filename) await buildAll(process.argv[2] ?? 'dist');
