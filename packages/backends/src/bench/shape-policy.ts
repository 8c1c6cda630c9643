/** Opens a policy of the ONNX engine on a random model of a shape, for measurements inside the engine. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DECODERS } from '../graph/decode/choose-decoder.ts';
import { openOnnxPolicy } from '../onnx/onnx-policy.ts';
import type { OnnxPolicy } from '../onnx/onnx-policy.ts';
import { ONNX_PROVIDERS } from '../onnx/start/provider.ts';
import { architectureOf, numberOf, oneOf } from './flags.ts';
import type { BenchFlags } from './flags.ts';
import { SHAPE_NAMES, writeShapeModel } from './shapes.ts';
import type { ShapeModel } from './shapes.ts';

/** The policy under measurement, with its shape. */
export interface ShapePolicy {
  readonly policy: OnnxPolicy;
  readonly model: ShapeModel;
}

/**
 * Opens the policy that the flags describe for as long as some work takes.
 *
 * @throws LociError `bad-flag`, `engine-unavailable`.
 */
export async function withShapePolicy<Result>(
  flags: BenchFlags,
  work: (opened: ShapePolicy) => Promise<Result>,
): Promise<Result> {
  const shape = oneOf('shape', flags.shape, SHAPE_NAMES);
  const provider = oneOf('provider', flags.provider, ['auto', ...ONNX_PROVIDERS]);
  const machine = {
    provider,
    threads: numberOf(flags, 'threads'),
    spin: flags.spin,
    decoder: oneOf('decoder', flags.decoder, DECODERS),
    ...(flags.lanes !== undefined && { lanes: numberOf(flags, 'lanes') }),
  };
  const folder = await mkdtemp(join(tmpdir(), 'loci-bench-'));
  try {
    const model = await writeShapeModel(folder, shape, architectureOf(flags));
    const policy = await openOnnxPolicy({ model: folder, ...machine });
    try {
      return await work({ policy, model });
    } finally {
      await policy.dispose();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}
