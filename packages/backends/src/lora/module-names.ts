/** Names of tensors as PEFT has them: the module path in transformers, with a prefix of PEFT's own. */
import type { ModelParameters } from '../models/spec/weights.ts';

const PREFIX = 'base_model.model.';

/** The name of a tensor of ours in `adapter_model.safetensors`. */
export function peftTensorName({ modulePath }: ModelParameters, name: string): string {
  return PREFIX + modulePath(name);
}

/** The inverse of `peftTensorName`, for every spelling that the model knows, with PEFT's prefix or without. */
export function ownTensorName({ publishedName }: ModelParameters, stored: string): string {
  const path = stored.startsWith(PREFIX) ? stored.slice(PREFIX.length) : stored;
  return publishedName(path.replace(/\.(lora_[AB])\.default\./, '.$1.'));
}
