/**
 * Names of modules and tensors as PEFT has them. PEFT names what it adapts by the module path in transformers; since 4.52 that
 * is `model.language_model.layers…` and `model.visual…`, before it was `model.layers…` and `visual…`, as checkpoints are
 * still written. vLLM says `language_model.model.layers…`. All are read, that since 4.52 is written; vLLM knows it too.
 */

const PREFIX = 'base_model.model.';
const SPELLINGS = [
  ['model.language_model.', 'model.'],
  ['model.visual.', 'visual.'],
  ['language_model.model.', 'model.'],
] as const;

/** The module path in transformers today of a published name. */
export function modulePath(published: string): string {
  const spelling = SPELLINGS.find(([, old]) => published.startsWith(old));
  return spelling ? spelling[0] + published.slice(spelling[1].length) : published;
}

/** The published name of a module path of any version. */
export function publishedName(path: string): string {
  const spelling = SPELLINGS.find(([now]) => path.startsWith(now));
  return spelling ? spelling[1] + path.slice(spelling[0].length) : path;
}

/** The paths that a published name has had: patterns are tried on each. */
export function modulePaths(published: string): readonly string[] {
  return [...new Set([modulePath(published), published])];
}

/** The name of a tensor of ours in `adapter_model.safetensors`. */
export function peftTensorName(name: string): string {
  return PREFIX + modulePath(name);
}

/** The inverse of `peftTensorName`, for every spelling, with PEFT's prefix or without. */
export function ownTensorName(stored: string): string {
  const path = stored.startsWith(PREFIX) ? stored.slice(PREFIX.length) : stored;
  return publishedName(path.replace(/\.(lora_[AB])\.default\./, '.$1.'));
}
