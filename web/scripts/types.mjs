// Makes calling.d.ts: one file, so that it can be copied beside
// calling.js. The compiler emits a declaration file for each module; of the
// public ones the declarations are put one after the other.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const modules = [
  'values',
  'observable',
  'log',
  'errors',
  'identifier',
  'credential',
  'feature',
  'local_audio',
  'api',
  'api_features',
  'features',
  'client',
];

/** Writes the declarations into a file. */
export function writeTypes(file) {
  const out = mkdtempSync(join(tmpdir(), 'types-'));
  try {
    const tsc = join('node_modules', 'typescript', 'bin', 'tsc');
    const options = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--stripInternal', '--outDir', out];
    execFileSync(process.execPath, [tsc, '-p', 'tsconfig.client.json', ...options], { stdio: 'inherit' });
    const parts = modules.map((name) => declarations(readFileSync(join(out, `${name}.d.ts`), 'utf8')));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `// Types of /client/calling.js, the browser client of botd.\n\n${parts.join('\n')}`);
  } finally {
    rmSync(out, { recursive: true });
  }
}

/** Leaves out what binds modules together. */
function declarations(text) {
  return text
    .replace(/^import [^;]*;\n/gm, '')
    .replace(/^export \{\};\n/gm, '')
    .replace(/^\/\/ .*\n/gm, '')
    .trim()
    .concat('\n');
}
