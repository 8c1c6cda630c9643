/** Reads overrides of a command as Hydra does, in the forms that Loci writes. */

/** @typedef {string | number | boolean | null | readonly unknown[]} Value */

/**
 * @param {readonly string[]} words `key=value`, or `+key=value`
 * @returns {ReadonlyMap<string, Value>}
 */
export function readOverrides(words) {
  return new Map(
    words.map((word) => {
      const [, key = '', text = ''] = /^\+*([\w.]+)=(.*)$/su.exec(word) ?? [];
      if (key === '') throw new Error(`${word} is not an override`);
      return [key, valueOf(text)];
    }),
  );
}

/**
 * @param {string} text
 * @returns {Value}
 */
function valueOf(text) {
  if (/^".*"$/su.test(text) || /^'.*'$/su.test(text))
    return text.slice(1, -1).replaceAll('\\"', '"');
  if (/^\[.*\]$/su.test(text)) return text.slice(1, -1).split(',').filter(Boolean).map(valueOf);
  if (/^(?:true|false)$/iu.test(text)) return text.toLowerCase() === 'true';
  if (text === 'null') return null;
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}
