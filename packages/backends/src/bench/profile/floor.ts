/**
 * Estimates the least time that a phase could take on this machine: its matrix products at the rate measured for products of these sizes
 * alone, and the reads and writes of its other nodes at the bandwidth measured for as many bytes.
 */
import type { NodeTime } from './ort-profile.ts';
import { isProduct, operationsOf, productKey, productOf } from './products.ts';

/** The measured rates of a machine. */
export interface MachineRates {
  /** Operations a second, by the key of a product. */
  readonly products: ReadonlyMap<string, number>;
  /** Bytes a second of a sum of two arrays, by the bytes that it moves, ascending. */
  readonly bandwidth: readonly { readonly bytes: number; readonly perSecond: number }[];
  /** Milliseconds that a node costs beside its work. */
  readonly emptyNode: number;
  /** Milliseconds that a run costs beside its nodes. */
  readonly emptyRun: number;
}

/** A phase taken apart, in milliseconds. */
export interface Floor {
  readonly products: number;
  readonly bytes: number;
  /** Nodes at the cost of an empty one. */
  readonly nodes: number;
  readonly nodeCount: number;
  /** Operations of the products. */
  readonly operations: number;
}

/** Nodes that only reinterpret bytes. */
const VIEWS = new Set([
  ...['Reshape', 'Squeeze', 'Unsqueeze', 'Identity', 'Flatten', 'Shape', 'Loop', 'If', 'Scan'],
]);
/** Nodes that read no more of their input than they write. */
const PICKS = new Set(['Gather', 'GatherElements', 'Slice', 'Expand']);

/** Bytes a second for so many bytes: that of the nearest measured size that is not smaller, of the largest beyond. */
export function bandwidthFor(bytes: number, { bandwidth }: MachineRates): number {
  return (bandwidth.find((each) => each.bytes >= bytes) ?? bandwidth.at(-1)!).perSecond;
}

/** Bytes that a node has to move. */
function bytesOf({ op, bytes }: NodeTime): number {
  if (VIEWS.has(op)) return 0;
  return PICKS.has(op) ? 2 * bytes.written : bytes.read + bytes.written;
}

/** The floor of some nodes. Products of unmeasured sizes count at the highest rate: a floor must not be too high. */
export function floorOf(nodes: readonly NodeTime[], rates: MachineRates): Floor {
  const best = Math.max(...rates.products.values());
  let [products, bytes, operations] = [0, 0, 0];
  for (const node of nodes) {
    const product = productOf(node);
    if (product !== undefined) {
      const own = operationsOf(product);
      operations += own;
      products += (1000 * own) / (rates.products.get(productKey(product)) ?? best);
    } else if (!isProduct(node)) {
      const moved = bytesOf(node);
      if (moved > 0) bytes += (1000 * moved) / bandwidthFor(moved, rates);
    }
  }
  return {
    products,
    bytes,
    nodes: nodes.length * rates.emptyNode,
    nodeCount: nodes.length,
    operations,
  };
}
