// Long tests first, so that both workers end together: Jest goes by the size of a file where it has not timed it yet, and the
// tests of whole commands and pages are short files that run for long.
const { default: Sequencer } = require('@jest/test-sequencer');

const LONG =
  /[\\/]test[\\/](?:docs|e2e|plugin[\\/]isolation)[\\/]|(?:-policy|[\\/]policy|[\\/]parity)\.(?:test|slow)\.ts$/;

module.exports = class LongFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const isLong = ({ path }) => LONG.test(path);
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
};
