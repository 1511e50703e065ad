// Which methods of the SDK's classes were called.
import assert from 'node:assert/strict';

const uncalled = new Map();

/** Counts calls of every method of a class, those without an underscore and
 * those that its own methods use. */
export function watch(...classes) {
  for (const type of classes) {
    const left = new Set(methods(type));
    uncalled.set(type.name, left);
    for (const name of [...left]) {
      const method = type.prototype[name];
      type.prototype[name] = function watched(...given) {
        left.delete(name);
        return method.apply(this, given);
      };
    }
  }
}

const methods = (type) => Object.getOwnPropertyNames(type.prototype)
  .filter((name) => name !== 'constructor' && typeof type.prototype[name] === 'function');

/** The classes that are watched. */
export const watched = () => [...uncalled.keys()];

/** Fails if a method of a class was never called. */
export function assertEveryMethodWasCalled(type) {
  assert.deepEqual([...uncalled.get(type)], [], `methods of ${type} that were never called`);
}
