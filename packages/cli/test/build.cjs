/** Builds the command line once before its tests: some of them run the compiled program in a process of its own. */
const { execFileSync } = require('node:child_process');
const { join } = require('node:path');

module.exports = () => {
  const directory = join(__dirname, '..');
  const compiler = join(directory, '../../node_modules/.bin/tsc');
  execFileSync(compiler, ['-b', 'tsconfig.build.json'], { cwd: directory, stdio: 'inherit' });
};
