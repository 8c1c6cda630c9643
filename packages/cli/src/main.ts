#!/usr/bin/env node
/** The entry of the command line: runs the program, and turns every end into an exit code and a message. */
import 'reflect-metadata';
import { CommanderError } from '@commander-js/extra-typings';
import { actions } from './actions.ts';
import { helpTexts } from './help-texts.ts';
import { userDirectory } from './paths.ts';
import { createProgram } from './program.ts';
import { errorText } from './render/error-text.ts';

// Whoever reads the output may leave before its end, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  const io = { out: process.stdout, userDirectory: userDirectory() };
  await createProgram(actions(io), helpTexts()).parseAsync(process.argv);
} catch (thrown) {
  if (thrown instanceof CommanderError) {
    process.exitCode = thrown.exitCode;
  } else {
    process.stderr.write(`${errorText(thrown)}\n`);
    process.exitCode = 1;
  }
}
