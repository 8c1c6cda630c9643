/** Describes the settings of an evaluation in words: frames, pixels, prompt, sampling, model. A score needs them to be comparable. */
import type {
  EvaluationReport,
  BenchmarkSetup,
  EvaluationRecord,
  FrameSelection,
  PartConfig,
  SamplingParameters,
} from '@loci/core';

const PROMPTS: Readonly<Record<BenchmarkSetup['prompt'], string>> = {
  official: "official style: the authors' order and demands, in words of our own",
  thinking: 'thinking style: reasoning, then the answer in tags',
  'thinking-map': 'thinking-map style: reasoning and a map, then the answer in tags',
  run: "the run's own prompt",
};

/** `32 frames at most, 1 a second, longer side 448`. */
function describeFrames(frames: FrameSelection | undefined): string {
  if (frames === undefined) return "frames as the model's own settings say";
  const { fps, maxFrames, spacing, longestSide, maxPixels, sides } = frames;
  return [
    fps > 0 ? `${maxFrames} frames at most, ${fps} a second` : `${maxFrames} frames`,
    spacing !== undefined && spacing !== 'even' ? `spaced ${spacing}` : '',
    longestSide === undefined ? '' : `longer side ${longestSide}`,
    maxPixels === undefined ? '' : `${maxPixels} pixels at most`,
    sides === 'exchanged' ? 'width and height exchanged' : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/** The requested frames. A server that receives whole videos chooses its own. */
export function describeAskedFrames({
  setup,
  policy,
  as,
}: Pick<EvaluationRecord, 'setup' | 'policy' | 'as'>): string {
  const frames =
    policy['media'] === 'video' ? 'as the server chooses' : describeFrames(setup.frames);
  return as === undefined ? frames : `${frames}, as ${as === 'video' ? 'a video' : 'images'}`;
}

/** The frames that were actually shown: `4–32 frames of 448×336`. */
export function describeShown({ shown }: Pick<EvaluationReport, 'shown'>): string {
  const { frames, as, sizes } = shown;
  const [size, ...others] = sizes;
  const count =
    frames === undefined
      ? 'media'
      : `${frames[0] === frames[1] ? frames[0] : `${frames[0]}–${frames[1]}`} frames`;
  const how = as === undefined ? '' : as === 'images' ? ', as images' : ', as a video';
  if (size === undefined) return frames === undefined ? 'unknown' : `${count}${how}`;
  const more =
    others.length === 0 ? '' : ` and ${others.length} other size${others.length === 1 ? '' : 's'}`;
  return `${count} of ${size.width}×${size.height}${more}${how}`;
}

/** The decoding of answers. */
export function describeSampling({
  temperature,
  topP,
  topK,
  maxNewTokens,
}: SamplingParameters): string {
  const how =
    temperature === 0
      ? 'greedy'
      : [
          `temperature ${temperature}`,
          topP < 1 ? `top-p ${topP}` : '',
          topK > 0 ? `top-k ${topK}` : '',
        ]
          .filter((part) => part !== '')
          .join(', ');
  return `${how}, at most ${maxNewTokens} new tokens`;
}

/** Library and precision of the engine, where the policy knows them. */
export function describeEngine({ engine }: Pick<EvaluationRecord, 'engine'>): string {
  return [engine?.library, engine?.precision].filter((part) => part !== undefined).join(', ');
}

/** The style of the prompt, and the sentences that the config replaces. */
export function describePrompt({
  setup: { prompt },
  benchmark: { wording },
  template,
  promptHash,
}: Pick<EvaluationRecord, 'setup' | 'benchmark' | 'template' | 'promptHash'>): string {
  const replaced = Object.keys(wording ?? {});
  return [
    PROMPTS[prompt],
    template === undefined ? '' : `: ${template.use}`,
    replaced.length === 0 ? '' : `, but for the config's wording of ${replaced.join(', ')}`,
    promptHash === undefined ? '' : ` (text ${promptHash.slice(0, 8)})`,
  ].join('');
}

/** The evaluated part of a benchmark: its variant and the chosen tasks; empty for the whole benchmark. */
export function describePart({
  setup: { variant },
  benchmark: { tasks },
}: Pick<EvaluationRecord, 'setup' | 'benchmark'>): string {
  const chosen = Array.isArray(tasks) ? `only the tasks ${tasks.join(', ')}` : '';
  return [variant ?? '', chosen].filter((part) => part !== '').join('; ');
}

/** Extra fields of every request, which may change the answers; empty when there are none. */
export function describeExtra({ extra }: PartConfig): string {
  return Object.keys(extra ?? {}).length === 0 ? '' : `; sent besides: ${JSON.stringify(extra)}`;
}

/** A policy in words: its model and its server. */
export function describePolicy({ use, model, baseUrl }: PartConfig): string {
  const name = typeof model === 'string' ? model : use;
  return typeof baseUrl === 'string' ? `${name} at ${baseUrl}` : name;
}

/** The evaluated model, its adapter, and the engine that ran it. */
export function describeModel({
  policy,
  model,
}: Pick<EvaluationRecord, 'policy' | 'model'>): string {
  const { model: name, lora } = policy;
  if (typeof name !== 'string' || model.includes(name)) return model;
  const { adapter } = (lora ?? {}) as { readonly adapter?: unknown };
  const adapted = typeof adapter === 'string' ? ` with the adapter ${adapter}` : '';
  return `${name}${adapted}; ${model}`;
}
