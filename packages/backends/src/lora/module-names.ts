/** Translates names of tensors to and from PEFT's: the module path in transformers, with a prefix. */
import type { ModelParameters } from '../models/spec/weights.ts';

const PREFIX = 'base_model.model.';

/** The name of a tensor of ours in `adapter_model.safetensors`. */
export function peftTensorName({ modulePath }: ModelParameters, name: string): string {
  return PREFIX + modulePath(name);
}

/** The inverse of `peftTensorName`, for all spellings of the model, with PEFT's prefix or without. */
export function ownTensorName({ publishedName }: ModelParameters, stored: string): string {
  const path = stored.startsWith(PREFIX) ? stored.slice(PREFIX.length) : stored;
  return publishedName(path.replace(/\.(lora_[AB])\.default\./, '.$1.'));
}
