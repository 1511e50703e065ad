// Steps: each is told as a line of JSON on standard output, and none that fails
// keeps the others from being tried.
import { inspect } from 'node:util';

const longest = 15_000;
let steps = 0;

const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

/** Says that the program came to its end. */
export const done = () => tell({ done: steps });

/** Tries one thing and says how it went. It resolves to whether it went well. */
export async function step(name, act) {
  const error = await failure(act);
  steps += 1;
  tell({ step: name, ...(error && { error }) });
  return error === undefined;
}

/** A step without which those that follow in its scene make no sense. */
export async function need(name, act) {
  if (!(await step(name, act))) throw new Abandoned(name);
}

class Abandoned extends Error {}

/** Steps that belong together: one call, or one client. */
export async function scene(name, act) {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Abandoned)) await step(name, () => { throw error; });
  }
}

async function failure(act) {
  let timer;
  const late = new Promise((_, no) => { timer = setTimeout(() => no(new Error(`it took longer than ${longest} ms`)), longest); });
  try {
    await Promise.race([act(), late]);
  } catch (error) {
    return error instanceof Error ? described(error) : inspect(error);
  } finally {
    clearTimeout(timer);
  }
}

/** What went wrong, and the line of ours where. */
function described(error) {
  const here = error.stack.split('\n').find((line) => line.includes('/conformance/js/') && !line.includes('node_modules'));
  const answer = error.statusCode ? ` (${error.statusCode} ${error.code})` : '';
  return `${error.name}: ${error.message}${answer}\n${here ?? (answer ? '' : error.stack)}`;
}
