/** What each command loads before it does anything. */
import { test } from '@jest/globals';
import { actions } from '../../src/actions.ts';
import { helpTexts } from '../../src/help/help-texts.ts';
import { createProgram } from '../../src/program.ts';
import { expectLightHelp, expectNoEngine } from './light-commands.ts';

const program = createProgram(actions({ out: process.stdout, userDirectory: '/' }), helpTexts());

test.each(program.commands.map((command) => command.name()))(
  'help of "loci %s" loads the parser of the command line and no package of ours but the program',
  expectLightHelp,
);

test.each([
  ['check-data --data absent', /absent/],
  ['validate --set steps=x', /steps: /],
  ['score --rollouts absent', /rollouts-unreadable/],
  ['evaluate --rescore absent', /no-evaluation/],
])('"loci %s" has every plugin at hand and no engine loaded', expectNoEngine);
