/**
 * A word of a command, quoted where a POSIX shell would read it as something else.
 *
 * @example shellWord("it's") // 'it'\''s'
 */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
