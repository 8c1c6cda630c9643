import type { ErasedPlugin } from '../../../spec/index.ts';
import { bnpo } from './bnpo.ts';
import { cispo } from './cispo.ts';
import { dapo } from './dapo.ts';
import { drGrpo } from './dr-grpo.ts';
import { grpo } from './grpo.ts';
import { gspo } from './gspo.ts';
import { luspo } from './luspo.ts';
import { sapo } from './sapo.ts';
import { sft } from './sft.ts';
import { vespo } from './vespo.ts';

/** The objectives that come with Loci, by name. `docs/objectives.md` compares them. */
export const bundledObjectives: readonly ErasedPlugin<'objective'>[] = [
  bnpo,
  cispo,
  dapo,
  drGrpo,
  grpo,
  gspo,
  luspo,
  sapo,
  sft,
  vespo,
];
