/** The model of most whole-command tests. */
import { writeTinyModel as write } from '../../src/rehearsal/tiny-model.ts';

const TEXTS = ['How many chairs are in the room? Draw the map first, then answer with a number.'];

/** Writes the folder; the same seed gives the same bytes. */
export async function writeTinyModel(
  directory: string,
  seed: number,
  architecture = 'qwen2-5-vl',
): Promise<void> {
  await write(directory, { seed, texts: TEXTS, architecture });
}
