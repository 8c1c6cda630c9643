/**
 * Lists the trainers to compare with, as command lines of the scripts in `bench-peers`: plain PyTorch compiled as fast as it goes,
 * TRL's GRPOTrainer, and a loop over transformers that takes the step of SpaceR's trainer.
 */
import { GENERATIONS, PROMPT_TOKENS, SHAPES } from '../shapes.ts';
import type { ShapeName } from '../shapes.ts';

/** The scripts of a folder of peers. */
export const PEER_SCRIPTS = ['peer_torch.py', 'peer_trl.py'] as const;

/** A trainer in Python that takes the same step. */
export interface Peer {
  readonly name: string;
  readonly script: (typeof PEER_SCRIPTS)[number];
  /** Python packages that it imports. */
  readonly needs: readonly string[];
  /** Words of its command line. */
  readonly words: readonly string[];
}

/** The settings of all peers of a comparison. */
export interface PeerSettings {
  readonly shape: ShapeName;
  readonly vl: boolean;
  readonly threads: number;
  /** Tokens of every completion. */
  readonly tokens: number;
  /** Limit of the measurement in seconds, without compiling and warm-up. */
  readonly seconds: number;
}

const TORCH = ['torch'];
const LOOP = [...TORCH, 'transformers'];

/** How compiled PyTorch is fastest: small products want fewer calls from Python, large ones weights laid out for oneDNN. */
function fastest(shape: ShapeName): readonly string[] {
  return ['--compile', 'both', shape === 'large' ? '--pack' : '--cpp-wrapper'];
}

/** The peers of a shape, in the order in which they run; TRL has no comparable prompts with videos. */
export function peersOf(settings: PeerSettings): readonly Peer[] {
  const { shape, vl, threads, tokens, seconds } = settings;
  const { hiddenSize, layers, heads, intermediateSize, vocabularySize } = SHAPES[shape];
  const numbers = {
    hidden: hiddenSize,
    layers,
    heads,
    ffn: intermediateSize,
    vocab: vocabularySize,
    generations: GENERATIONS,
    prompt: PROMPT_TOKENS,
    new: tokens,
    threads,
    'max-seconds': seconds,
  };
  const sizes = Object.entries(numbers).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const torch: Peer = {
    name: 'compiled PyTorch',
    script: 'peer_torch.py',
    needs: TORCH,
    words: [...sizes, ...fastest(shape), ...(vl ? ['--vl'] : [])],
  };
  const hugging = (name: string, mode: string, needs: readonly string[]): Peer => ({
    name,
    script: 'peer_trl.py',
    needs,
    words: ['--mode', mode, ...sizes],
  });
  const loop = hugging('SpaceR-like loop', vl ? 'loop-vl' : 'loop-text', LOOP);
  return vl ? [torch, loop] : [torch, hugging('TRL', 'trl', [...LOOP, 'trl', 'datasets']), loop];
}
