import { LociError } from '@loci/core';

/** A plugin's name, and the constant that holds it. */
export interface RewardName {
  /** `my-reward` */
  readonly name: string;
  /** `myReward` */
  readonly variable: string;
}

const KEBAB = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** Longer ones would break the lines of the files that are made. */
const MAX_LENGTH = 32;

/** What a constant cannot be called, and what the files that are made already call something else. */
const TAKEN = new Set(
  `abstain arguments await break case catch class const continue debugger default defineReward delete describe do else enum
  eval expect export extends false finally for function if implements import in instanceof interface let new null package
  plugins private protected public return score static super switch test this throw true try typeof undefined var void
  while with yield z`.split(/\s+/),
);

/**
 * @param known Names of the plugins of the kind that there are.
 * @param kind `reward`, `objective`; for messages.
 * @throws LociError `scaffold-name` when it is not in kebab-case, too long, in use, or a word of the language.
 * @example rewardName('my-reward', ['answer']) // { name: 'my-reward', variable: 'myReward' }
 */
export function rewardName(name: string, known: readonly string[], kind = 'reward'): RewardName {
  if (!KEBAB.test(name)) {
    throw new LociError('scaffold-name', `"${name}" is not in kebab-case${instead(name)}`);
  }
  if (name.length > MAX_LENGTH) throw refused(name, `is longer than ${MAX_LENGTH} characters`);
  if (known.includes(name)) throw refused(name, `is the name of ${an(kind)} that comes with Loci`);
  const variable = name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  if (TAKEN.has(variable)) throw refused(name, 'means something else in TypeScript');
  return { name, variable };
}

function instead(name: string): string {
  const kebab = name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^[-0-9]+|-+$/g, '')
    .toLowerCase();
  return KEBAB.test(kebab) ? `; call it "${kebab}"` : ', as in "my-reward"';
}

function refused(name: string, why: string): LociError {
  return new LociError('scaffold-name', `"${name}" ${why}; choose a noun such as "map-detail"`);
}

function an(kind: string): string {
  return /^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`;
}
