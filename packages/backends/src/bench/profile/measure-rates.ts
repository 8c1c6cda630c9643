/** Measures the best rates of this machine through ONNX Runtime: products of given sizes, sums of arrays, nodes that do nothing. */
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GraphBuilder } from '../../graph/ir/builder.ts';
import { OnnxRuntime } from '../../onnx/onnx-runtime.ts';
import type { MachineRates } from './floor.ts';
import { readProfile } from './ort-profile.ts';
import { operationsOf } from './products.ts';
import type { Product } from './products.ts';

/** Reads the output of the timed node, so that its memory is used again as within a graph. */
const READER = 'ReduceMax';

const RUNS = 24;
const WARM_UP = 6;
/** Kernel times are truncated to whole microseconds, which loses half of one on average. */
const LOST_MS = 0.0005;
/** Nodes of the graph that measures an empty node. */
const EMPTY_NODES = 1000;
/** Elements of the arrays in the timed sums: from the first cache to memory. */
const LENGTHS = [12, 14, 16, 18, 20, 22, 24].map((power) => 2 ** power);

/** A single node whose output a second one reads, as within a graph, with the tensors that the first reads from the store. */
interface SingleNode {
  readonly graph: GraphBuilder;
  readonly inputs: Readonly<Record<string, readonly number[]>>;
}

function productNode({ batch, m, n, k, isConstant }: Product, transposed: boolean): SingleNode {
  const graph = new GraphBuilder();
  const lead = batch === 1 ? [] : [batch];
  const right = [...lead, ...(transposed ? [n, k] : [k, n])];
  const left = graph.input('left', [...lead, m, k]);
  const size = right.reduce((all, length) => all * length, 1);
  const other = isConstant
    ? graph.constant(new Float32Array(size).fill(0.5), right)
    : graph.input('right', right);
  const attributes = transposed ? { transB: 1 } : {};
  const options = transposed && batch > 1 ? { domain: 'com.microsoft' } : {};
  const op = !transposed ? 'MatMul' : batch > 1 ? 'FusedMatMul' : 'Gemm';
  const made = graph.emit(op, [left, other], [...lead, m, n], attributes, options);
  graph.output(graph.emit(READER, [made], [], { keepdims: 0 }), 'out');
  return { graph, inputs: { left: [...lead, m, k], ...(isConstant ? {} : { right }) } };
}

function sumNode(length: number): SingleNode {
  const graph = new GraphBuilder();
  const [a, b] = [graph.input('a', [length]), graph.input('b', [length])];
  const made = graph.emit('Add', [a, b], [length]);
  graph.output(graph.emit(READER, [made], [], { keepdims: 0 }), 'out');
  return { graph, inputs: { a: [length], b: [length] } };
}

/** Runs a graph of one node many times; afterwards its session has only a profile. @returns the number of its session. */
async function runNode(runtime: OnnxRuntime, { graph, inputs }: SingleNode): Promise<number> {
  const session = await runtime.createSession(graph);
  const feeds: Record<string, { type: 'float32'; shape: readonly number[]; stored: string }> = {};
  for (const [name, shape] of Object.entries(inputs)) {
    const size = shape.reduce((all, length) => all * length, 1);
    await runtime.put(name, new Float32Array(size).fill(0.25));
    feeds[name] = { type: 'float32', shape, stored: name };
  }
  for (let run = 0; run < WARM_UP + RUNS; run++) {
    await runtime.run(session, feeds, { out: { store: 'out' } });
  }
  await runtime.releaseSession(session);
  return session.id;
}

/** Kernel time of each single node in milliseconds, the least of its runs: a floor is what the machine can do undisturbed. */
async function kernelTimes(
  threads: number,
  nodes: readonly SingleNode[],
): Promise<readonly number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'loci-rates-'));
  const runtime = new OnnxRuntime({ threads, notes: { profiles: folder } });
  try {
    const sessions: number[] = [];
    for (const node of nodes) sessions.push(await runNode(runtime, node));
    const files = await readdir(folder);
    return await Promise.all(
      sessions.map(async (session) => {
        const file = files.find((name) => name.startsWith(`session-${session}-`))!;
        const runs = readProfile(await readFile(join(folder, file), 'utf8'));
        const timed = runs
          .slice(WARM_UP)
          .flatMap((own) => own.find(({ op }) => op !== READER) ?? []);
        return Math.min(...timed.map(({ ms }) => ms)) + LOST_MS;
      }),
    );
  } finally {
    await runtime.dispose();
    await rm(folder, { recursive: true });
  }
}

/** Milliseconds of an empty run, and of an empty node. */
async function emptyCosts(threads: number): Promise<Pick<MachineRates, 'emptyNode' | 'emptyRun'>> {
  const runtime = new OnnxRuntime({ threads, notes: {} });
  const timeOf = async (nodes: number) => {
    const graph = new GraphBuilder();
    let value = graph.input('x', [1]);
    for (let node = 0; node < nodes; node++) value = graph.emit('Neg', [value], [1]);
    graph.output(value, 'out');
    const session = await runtime.createSession(graph);
    const feeds = { x: { type: 'float32', shape: [1], data: Float32Array.of(1) } } as const;
    await runtime.takeNotes();
    for (let run = 0; run < WARM_UP + RUNS; run++)
      await runtime.run(session, feeds, { out: 'return' });
    const notes = await runtime.takeNotes();
    const times = notes.filter(({ kind }) => kind === 'run').map(({ libraryMs }) => libraryMs);
    return Math.min(...times.slice(WARM_UP));
  };
  try {
    const emptyRun = await timeOf(1);
    const emptyNode = Math.max(0, ((await timeOf(EMPTY_NODES)) - emptyRun) / EMPTY_NODES);
    return { emptyRun, emptyNode };
  } finally {
    await runtime.dispose();
  }
}

/** Measures everything that floors are computed from. A product takes the better of two layouts of its right side. */
export async function measureRates(
  threads: number,
  products: ReadonlyMap<string, Product>,
): Promise<MachineRates> {
  const own = [...products.values()];
  const plain = await kernelTimes(
    threads,
    own.map((product) => productNode(product, false)),
  );
  const turned = await kernelTimes(
    threads,
    own.map((product) => productNode(product, true)),
  );
  const rates = own.map(
    (product, index) => (1000 * operationsOf(product)) / Math.min(plain[index]!, turned[index]!),
  );
  const sums = await kernelTimes(threads, LENGTHS.map(sumNode));
  return {
    products: new Map([...products.keys()].map((key, index) => [key, rates[index]!])),
    bandwidth: LENGTHS.map((length, index) => {
      const bytes = 3 * 4 * length;
      return { bytes, perSecond: (1000 * bytes) / sums[index]! };
    }),
    ...(await emptyCosts(threads)),
  };
}
