/**
 * Saves the batch of an update that was not finite: `batch.json` for people, `tensors.safetensors` with every array (format: 8 bytes
 * length of the header, JSON header, raw little-endian data).
 */
import { join } from 'node:path';
import { writeFileWhole } from '../../files/atomic-file.ts';
import type { AdvantagedGroup, Loss, TrainingGroup } from '../../spec/index.ts';
import { stepFolder } from './step-folder.ts';

/** A batch whose loss or gradient was not finite, with all its inputs. */
export interface OffendingBatch {
  readonly step: number;
  /** Names the number that was not finite. */
  readonly reason: string;
  readonly groups: readonly AdvantagedGroup[];
  readonly batch: readonly TrainingGroup[];
  readonly loss: Loss;
  readonly logProbs: readonly (readonly Float32Array[])[];
}

/** @returns The path of `batch.json`, in a folder of its own. */
export function saveOffendingBatch(runDirectory: string, offending: OffendingBatch): string {
  const folder = join(runDirectory, 'offending-batch', stepFolder(offending.step));
  const file = join(folder, 'batch.json');
  writeFileWhole(join(folder, 'tensors.safetensors'), encodeTensors(tensorsOf(offending)));
  const { step, reason, loss, groups, batch } = offending;
  const readable = groups.map((group, index) => ({
    sample: group.sample,
    promptTokens: group.prompt.tokenIds.length,
    opened: group.prompt.opened,
    mediaGrids: group.prompt.media.map(({ grid }) => grid),
    completions: group.rollouts.map(({ text, tokenIds, finishReason }, completion) => ({
      text,
      tokens: tokenIds.length,
      finishReason,
      reward: group.rewards[completion],
      advantage: String(group.advantages[completion]),
      weightSum: String(sum(batch[index]?.targets[completion]?.weights)),
    })),
  }));
  writeFileWhole(file, `${JSON.stringify({ step, reason, loss, groups: readable }, null, 2)}\n`);
  return file;
}

type Tensor = Int32Array | Float32Array;

function tensorsOf({ groups, batch, logProbs }: OffendingBatch): ReadonlyMap<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  const add = (name: string, tensor: Tensor | undefined): void => {
    if (tensor !== undefined) tensors.set(name, tensor);
  };
  for (const [g, group] of groups.entries()) {
    add(`group${g}.prompt`, group.prompt.tokenIds);
    for (const [m, media] of group.prompt.media.entries())
      add(`group${g}.media${m}`, media.patches);
    for (const [c, rollout] of group.rollouts.entries()) {
      const name = `group${g}.completion${c}`;
      const targets = batch[g]?.targets[c];
      add(`${name}.tokenIds`, rollout.tokenIds);
      add(`${name}.samplerLogProbs`, rollout.logProbs);
      add(`${name}.trainerLogProbs`, logProbs[g]?.[c]);
      add(`${name}.weights`, targets?.weights);
      add(`${name}.entropyWeights`, targets?.entropyWeights);
      add(`${name}.advantages`, targets?.advantages);
      add(`${name}.oldLogProbs`, targets?.oldLogProbs);
      add(`${name}.referenceLogProbs`, targets?.referenceLogProbs);
    }
  }
  return tensors;
}

function encodeTensors(tensors: ReadonlyMap<string, Tensor>): Uint8Array {
  const header: Record<string, unknown> = {};
  let offset = 0;
  for (const [name, tensor] of tensors) {
    const end = offset + tensor.byteLength;
    header[name] = {
      dtype: tensor instanceof Int32Array ? 'I32' : 'F32',
      shape: [tensor.length],
      data_offsets: [offset, end],
    };
    offset = end;
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  const data = [...tensors.values()].map((tensor) =>
    Buffer.from(tensor.buffer, tensor.byteOffset, tensor.byteLength),
  );
  return Buffer.concat([length, padded, ...data]);
}

function sum(values: Float32Array | undefined): number {
  return values?.reduce((total, value) => total + value, 0) ?? 0;
}
