/**
 * Makes what a person then changes: `nx run tools:new -- reward my-reward` adds a reward (or `objective`) to the workspace, with `--to DIR` it
 * stands in a folder of its own. Exits with 1 when it refuses, having written nothing.
 */
import 'reflect-metadata';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf, suggest } from '@loci/core';
import type { Made } from './scaffold/made.ts';
import { describeMade } from './scaffold/made.ts';
import { newBundledObjective, newOutsideObjective } from './scaffold/new-objective.ts';
import { newBundledReward, newOutsideReward } from './scaffold/new-reward.ts';

const SCAFFOLDS = {
  reward: { bundled: newBundledReward, outside: newOutsideReward },
  objective: { bundled: newBundledObjective, outside: newOutsideObjective },
} as const;
const KINDS = Object.keys(SCAFFOLDS);
const USAGE = `usage: nx run tools:new -- reward|objective NAME [--to DIR]

  reward NAME             packages/rewards/src/NAME.ts, its test, its lines in the index and in docs/rewards.md
  objective NAME          packages/core/src/train/algorithm/objectives/NAME.ts, the same with docs/objectives.md
  … NAME --to DIR         DIR/NAME.ts, a config that uses it, and a tsconfig.json for the editor; nothing to build`;

function make(words: readonly string[], here: string, to: string | undefined): Made {
  const root = join(import.meta.dirname, '../..');
  const [kind = '', name = '', ...more] = words;
  if (!isKind(kind)) {
    throw new Error(`there is no scaffold for "${kind}"; ${suggest(kind, KINDS)}`);
  }
  if (name === '' || more.length > 0) throw new Error(`give one name\n${USAGE}`);
  const { bundled, outside } = SCAFFOLDS[kind];
  return to === undefined ? bundled(name, root) : outside(name, resolve(here, to), to, root);
}

function isKind(kind: string): kind is keyof typeof SCAFFOLDS {
  return KINDS.includes(kind);
}

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { to: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help === true || positionals.length === 0) {
    console.log(USAGE);
  } else {
    const here = process.env['INIT_CWD'] ?? process.cwd();
    console.log(describeMade(make(positionals, here, values.to), here));
  }
} catch (thrown) {
  console.error(`new: ${messageOf(thrown)}`);
  process.exitCode = 1;
}
