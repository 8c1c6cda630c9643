/** Formats the command that started a run, for its history and its report. */
import { shellWord } from '@loci/core';

/** Names of environment variables whose values are secrets. */
const SECRET = /key|token|secret|password|credential/iu;
/** Shorter values are placeholders, and occur in ordinary words. */
const SHORTEST_SECRET = 8;

/**
 * The command line, quoted so that it can be typed again. A value that is a secret of the environment is replaced by its variable.
 *
 * @param words what follows the program: `['train', '--steps', '20']`.
 * @example commandText(['train', '--set', 'a=b c'], {}) // "loci train --set 'a=b c'"
 */
export function commandText(words: readonly string[], environment: NodeJS.ProcessEnv): string {
  const secrets = Object.entries(environment).flatMap(([name, value = '']) =>
    SECRET.test(name) && value.length >= SHORTEST_SECRET ? [[name, value] as const] : [],
  );
  const hidden = words.map((word) =>
    secrets.reduce((text, [name, value]) => text.replaceAll(value, `\${${name}}`), word),
  );
  return ['loci', ...hidden.map(shellWord)].join(' ');
}
