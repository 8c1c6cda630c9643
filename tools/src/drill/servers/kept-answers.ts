/** Reads the answers in a cache. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The texts of all answers below a folder; half-written files are left out. */
export function keptAnswers(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => {
      const { answer } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
        readonly answer: { readonly text: string };
      };
      return answer.text;
    });
}
