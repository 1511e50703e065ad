// Fails unless web/dist is what the sources give.

import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildAll } from './build.mjs';

const fresh = mkdtempSync(join(tmpdir(), 'dist-'));
try {
  await buildAll(fresh);
  const names = new Set([...files('dist'), ...files(fresh)]);
  const differing = [...names].filter((name) => read('dist', name) !== read(fresh, name));
  if (differing.length > 0) {
    console.error(`web/dist is not what its sources give; run "npm run build" there. Differing: ${differing.join(', ')}`);
    process.exitCode = 1;
  }
} finally {
  rmSync(fresh, { recursive: true });
}

function files(directory) {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1));
}

function read(directory, name) {
  try {
    return readFileSync(join(directory, name), 'base64');
  } catch {
    return undefined;
  }
}
