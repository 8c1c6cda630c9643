/**
 * The Porter stemmer with the extensions of NLTK (its default mode), which the usual ROUGE package stems with.
 * M. F. Porter, "An algorithm for suffix stripping", Program 14 (1980); the departures are marked "NLTK".
 */

/** A suffix, its replacement, and the condition of the rule. */
type Rule = readonly [
  suffix: string,
  replacement: string,
  condition?: (stem: string, word: string) => boolean,
];

/** Rules in order, by the last character of the suffix, so that few of them are tried. */
type RuleTable = ReadonlyMap<number, readonly Rule[]>;

function tableOf(rules: readonly Rule[]): RuleTable {
  const table = new Map<number, Rule[]>();
  for (const rule of rules) {
    const last = rule[0].charCodeAt(rule[0].length - 1);
    const known = table.get(last);
    if (known) known.push(rule);
    else table.set(last, [rule]);
  }
  return table;
}

const IRREGULAR: ReadonlyMap<string, string> = new Map([
  ['sky', 'sky'],
  ['skies', 'sky'],
  ['dying', 'die'],
  ['lying', 'lie'],
  ['tying', 'tie'],
  ['news', 'news'],
  ['inning', 'inning'],
  ['innings', 'inning'],
  ['outing', 'outing'],
  ['outings', 'outing'],
  ['canning', 'canning'],
  ['cannings', 'canning'],
  ['howe', 'howe'],
  ['proceed', 'proceed'],
  ['exceed', 'exceed'],
  ['succeed', 'succeed'],
]);

const positive = (stem: string): boolean => measure(stem) > 0;
const long = (stem: string): boolean => measure(stem) > 1;

const PLURALS = tableOf([
  ['sses', 'ss'],
  ['ies', 'i'],
  ['ss', 'ss'],
  ['s', ''],
]);
const AFTER_PARTICIPLE = tableOf([
  ['at', 'ate'],
  ['bl', 'ble'],
  ['iz', 'ize'],
]);
const DOUBLE_SUFFIXES = tableOf([
  ['ational', 'ate', positive],
  ['tional', 'tion', positive],
  ['enci', 'ence', positive],
  ['anci', 'ance', positive],
  ['izer', 'ize', positive],
  ['bli', 'ble', positive],
  ['alli', 'al', positive],
  ['entli', 'ent', positive],
  ['eli', 'e', positive],
  ['ousli', 'ous', positive],
  ['ization', 'ize', positive],
  ['ation', 'ate', positive],
  ['ator', 'ate', positive],
  ['alism', 'al', positive],
  ['iveness', 'ive', positive],
  ['fulness', 'ful', positive],
  ['ousness', 'ous', positive],
  ['aliti', 'al', positive],
  ['iviti', 'ive', positive],
  ['biliti', 'ble', positive],
  // NLTK: the l of `log` counts when the stem is measured.
  ['fulli', 'ful', positive],
  ['logi', 'log', (_, word) => positive(word.slice(0, -3))],
]);
const ADJECTIVES = tableOf([
  ['icate', 'ic', positive],
  ['ative', '', positive],
  ['alize', 'al', positive],
  ['iciti', 'ic', positive],
  ['ical', 'ic', positive],
  ['ful', '', positive],
  ['ness', '', positive],
]);
const ENDINGS = tableOf([
  ...['al', 'ance', 'ence', 'er', 'ic', 'able', 'ible', 'ant', 'ement', 'ment', 'ent'].map(
    (suffix): Rule => [suffix, '', long],
  ),
  ['ion', '', (stem) => long(stem) && /[st]$/u.test(stem)],
  ...['ou', 'ism', 'ate', 'iti', 'ous', 'ive', 'ize'].map((suffix): Rule => [suffix, '', long]),
]);

/**
 * The stem of one word of ASCII letters and digits, in lower case.
 *
 * @example stem('generalizations') // 'gener'
 */
export function stem(word: string): string {
  const lower = word.toLowerCase();
  const irregular = IRREGULAR.get(lower);
  if (irregular !== undefined) return irregular;
  if (lower.length <= 2) return lower;
  let current = lower;
  for (const step of STEPS) current = step(current);
  return current;
}

const STEPS = [plural, participle, finalY, doubleSuffix, adjective, ending, finalE, finalDoubleL];

/** Step 1a. NLTK: `flies` gives `fli`, but `dies` gives `die`. */
function plural(word: string): string {
  if (!word.endsWith('s')) return word;
  return word.endsWith('ies') && word.length === 4 ? word.slice(0, -1) : applyFirst(word, PLURALS);
}

/** Step 1b. NLTK: `died` gives `die`, `spied` gives `spi`. */
function participle(word: string): string {
  if (word.endsWith('ied')) return word.slice(0, word.length === 4 ? -1 : -2);
  if (word.endsWith('eed')) return positive(word.slice(0, -3)) ? word.slice(0, -1) : word;
  const cut = word.endsWith('ed') ? 2 : word.endsWith('ing') ? 3 : 0;
  if (cut === 0) return word;
  const rest = word.slice(0, word.length - cut);
  if (!containsVowel(rest)) return word;
  const extended = applyFirst(rest, AFTER_PARTICIPLE);
  if (extended !== rest) return extended;
  if (endsInDoubleConsonant(rest)) return /[lsz]$/u.test(rest) ? rest : rest.slice(0, -1);
  return measure(rest) === 1 && endsInShortSyllable(rest) ? `${rest}e` : rest;
}

/** Step 1c. NLTK: only after a consonant that does not begin the word, so `say` and `by` stay. */
function finalY(word: string): string {
  const turns = word.endsWith('y') && word.length > 2 && isConsonant(word, word.length - 2);
  return turns ? `${word.slice(0, -1)}i` : word;
}

/** Step 2. NLTK: `alli` becomes `al` and the step is repeated. */
function doubleSuffix(word: string): string {
  if (word.endsWith('alli') && positive(word.slice(0, -4))) return doubleSuffix(word.slice(0, -2));
  return applyFirst(word, DOUBLE_SUFFIXES);
}

/** Step 3. */
function adjective(word: string): string {
  return applyFirst(word, ADJECTIVES);
}

/** Step 4. */
function ending(word: string): string {
  return applyFirst(word, ENDINGS);
}

/** Step 5a. */
function finalE(word: string): string {
  if (!word.endsWith('e')) return word;
  const rest = word.slice(0, -1);
  const drops = long(rest) || (measure(rest) === 1 && !endsInShortSyllable(rest));
  return drops ? rest : word;
}

/** Step 5b. */
function finalDoubleL(word: string): string {
  return word.endsWith('ll') && long(word.slice(0, -1)) ? word.slice(0, -1) : word;
}

/** Applies the first rule whose suffix fits, and no other one. */
function applyFirst(word: string, rules: RuleTable): string {
  const candidates = rules.get(word.charCodeAt(word.length - 1)) ?? [];
  for (const [suffix, replacement, condition] of candidates) {
    if (!word.endsWith(suffix)) continue;
    const rest = word.slice(0, word.length - suffix.length);
    return condition === undefined || condition(rest, word) ? rest + replacement : word;
  }
  return word;
}

/** A letter other than a, e, i, o, u, and other than a y after a consonant. */
function isConsonant(word: string, index: number): boolean {
  let start = index;
  while (start > 0 && word.charCodeAt(start) === LETTER_Y) start--;
  const consonant = IS_VOWEL[word.charCodeAt(start)] !== 1;
  return (index - start) % 2 === 0 ? consonant : !consonant;
}

/** The same when it is known whether the character before is a consonant; a y at the start of the word is one. */
function isConsonantAfter(before: boolean, word: string, index: number): boolean {
  const code = word.charCodeAt(index);
  return code === LETTER_Y ? index === 0 || !before : IS_VOWEL[code] !== 1;
}

const LETTER_Y = 0x79;
const IS_VOWEL = Uint8Array.from({ length: 0x80 }, (_, code) =>
  'aeiou'.includes(String.fromCharCode(code)) ? 1 : 0,
);

/** How often a run of vowels is followed by a consonant. */
function measure(word: string): number {
  let count = 0;
  let before = true;
  for (let index = 0; index < word.length; index++) {
    const consonant = isConsonantAfter(before, word, index);
    if (consonant && !before) count++;
    before = consonant;
  }
  return count;
}

function containsVowel(word: string): boolean {
  let consonant = true;
  for (let index = 0; index < word.length && consonant; index++) {
    consonant = isConsonantAfter(consonant, word, index);
  }
  return !consonant;
}

function endsInDoubleConsonant(word: string): boolean {
  return word.length >= 2 && word.at(-1) === word.at(-2) && isConsonant(word, word.length - 1);
}

/** Consonant, vowel, consonant other than w, x, y. NLTK: also a vowel and a consonant that are the whole word. */
function endsInShortSyllable(word: string): boolean {
  const last = word.length - 1;
  if (word.length === 2) return !isConsonant(word, 0) && isConsonant(word, 1);
  return (
    word.length >= 3 &&
    isConsonant(word, last - 2) &&
    !isConsonant(word, last - 1) &&
    isConsonant(word, last) &&
    !'wxy'.includes(word[last]!)
  );
}
