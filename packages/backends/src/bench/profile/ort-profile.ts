/** Reads the profiles that ONNX Runtime writes: a JSON list of events, among them those of nodes and of whole runs. */
import { LociError } from '@loci/core';
import { z } from 'zod';

/** A node in one run. */
export interface NodeTime {
  readonly op: string;
  readonly ms: number;
  /** Shapes of its inputs, without weights that the session laid out for itself. */
  readonly inputs: readonly (readonly number[])[];
  readonly outputs: readonly (readonly number[])[];
  /** Bytes of its inputs, of its weights, and of its outputs. */
  readonly bytes: { readonly read: number; readonly written: number };
}

/** Nodes that run others; those have events of their own. */
const CONTAINERS = new Set(['Loop', 'If', 'Scan']);

const shapes = z.array(z.record(z.string(), z.array(z.number())));
const event = z.looseObject({
  cat: z.string(),
  name: z.string(),
  dur: z.number(),
  ts: z.number(),
  args: z.looseObject({
    op_name: z.string().optional(),
    input_type_shape: shapes.optional(),
    output_type_shape: shapes.optional(),
    activation_size: z.string().optional(),
    parameter_size: z.string().optional(),
    output_size: z.string().optional(),
  }),
});

type Event = z.infer<typeof event>;

function nodeOf({ dur, args }: Event): NodeTime {
  const bytes = (size: string | undefined) => Number(size ?? 0);
  const shapesOf = (typed: z.infer<typeof shapes> | undefined) =>
    (typed ?? []).flatMap((each) => Object.values(each));
  return {
    op: args.op_name ?? 'unknown',
    ms: dur / 1000,
    inputs: shapesOf(args.input_type_shape),
    outputs: shapesOf(args.output_type_shape),
    bytes: {
      read: bytes(args.activation_size) + bytes(args.parameter_size),
      written: bytes(args.output_size),
    },
  };
}

/**
 * The nodes of each run of a profile, in the order of the runs. A loop's own time is its time less that of its body's nodes.
 *
 * @param text content of the file.
 * @throws LociError `profile-unreadable` when it is not such a profile.
 */
export function readProfile(text: string): readonly (readonly NodeTime[])[] {
  const events = parsed(text);
  const runs = events.filter(({ name }) => name === 'model_run');
  const nodes = events.filter(({ cat, name }) => cat === 'Node' && name.endsWith('_kernel_time'));
  return runs.map((run) => {
    const within = ({ ts }: Event) => ts >= run.ts && ts <= run.ts + run.dur;
    const own = nodes.filter(within);
    const isContainer = ({ args }: Event) => CONTAINERS.has(args.op_name ?? '');
    return own.map((each) => {
      const node = nodeOf(each);
      if (!isContainer(each)) return node;
      const inside = own.filter(
        (other) => other !== each && other.ts >= each.ts && other.ts < each.ts + each.dur,
      );
      const spent = inside
        .filter((other) => !isContainer(other))
        .reduce((sum, { dur }) => sum + dur / 1000, 0);
      return { ...node, ms: Math.max(0, node.ms - spent) };
    });
  });
}

function parsed(text: string): readonly Event[] {
  try {
    return z.array(event).parse(JSON.parse(text));
  } catch (cause) {
    throw new LociError('profile-unreadable', 'This is not a profile of ONNX Runtime', { cause });
  }
}

/** Time and number of an operator's nodes. */
export interface OperatorTime {
  readonly op: string;
  readonly ms: number;
  readonly count: number;
}

/** Times by operator, the longest first. */
export function byOperator(nodes: readonly NodeTime[]): readonly OperatorTime[] {
  const times = new Map<string, OperatorTime>();
  for (const { op, ms } of nodes) {
    const held = times.get(op) ?? { op, ms: 0, count: 0 };
    times.set(op, { op, ms: held.ms + ms, count: held.count + 1 });
  }
  return [...times.values()].toSorted((a, b) => b.ms - a.ms);
}
