#!/usr/bin/env node
/**
 * The entry of the command line: runs the program, and turns every end into an exit code and a message. `--help` waits for its imports, so
 * it imports only the parser of the command line, and none of Loci's packages.
 */
import { CommanderError } from '@commander-js/extra-typings';
import { actions } from './actions.ts';
import { helpTexts } from './help/help-texts.ts';
import { outputClosed } from './interrupt.ts';
import { createProgram } from './program.ts';
import { spareCollections } from './spare-collections.ts';
import { userDirectory } from './user-directory.ts';

// The output may close early, as with `head` or a closed terminal. Work that can end cleanly then does.
const CLOSED = new Set(['EPIPE', 'EIO', 'ENXIO']);
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!CLOSED.has(error.code ?? '')) throw error;
    if (!outputClosed() && stream === process.stdout) process.exit();
  });
}

spareCollections();

try {
  const io = { out: process.stdout, userDirectory: userDirectory() };
  await createProgram(actions(io), helpTexts()).parseAsync(process.argv);
} catch (thrown) {
  if (thrown instanceof CommanderError) {
    process.exitCode = thrown.exitCode;
  } else {
    const { errorText } = await import('./render/error-text.ts');
    process.stderr.write(`${errorText(thrown)}\n`);
    process.exitCode = 1;
  }
}
