/**
 * A plugin of Nx that changes what a person sees of it: `nx run PROJECT:TARGET --help` prints the help of the program that the
 * target runs, and no performance report follows a command. Nx has no setting for either. The plugin must be loaded by the process
 * that prints, so `.env` switches Nx's plugin workers off; in a worker it does nothing.
 */
const { spawnSync } = require('node:child_process');
const { basename } = require('node:path');
const { stripVTControlCharacters } = require('node:util');

/** How Nx's performance report begins, which it prints in one piece. */
const REPORT = /^\s*Run duration:/u;

/** How the page begins that Nx has for every target. */
const TARGET_PAGE = /\brun \S+:\S+.* \[options,\.\.\.\]/u;

const [program, script, command, ...words] = process.argv;
if (/^nx(?:\.js)?$/u.test(basename(script ?? ''))) watchPrints();

function watchPrints() {
  for (const method of ['log', 'info']) {
    const print = console[method];
    console[method] = (...parts) => {
      const [text] = parts.map(String);
      if (REPORT.test(text)) return;
      if (command === 'run' && TARGET_PAGE.test(stripVTControlCharacters(text))) showHelp();
      print(...parts);
    };
  }
}

/** Runs the target again with `--help` behind `--`, where Nx passes it on. */
function showHelp() {
  const end = words.indexOf('--');
  const [ours, theirs] = end < 0 ? [words, []] : [words.slice(0, end), words.slice(end + 1)];
  const own = ours.filter((word) => word !== '--help');
  const asked = [script, command, ...own, '--', ...theirs, '--help'];
  const { status } = spawnSync(program, asked, { stdio: 'inherit' });
  process.exit(status ?? 1);
}

module.exports = { name: 'loci-terminal' };
