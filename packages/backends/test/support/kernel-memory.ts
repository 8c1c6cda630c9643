/** Kernels on a small memory, for tests that call them one by one. */
import { Instance, Memory, Module } from '../../src/wasm/emit/web-assembly.ts';
import { MAX_PAGES, moduleOf } from '../../src/wasm/emit/module.ts';
import { kernelsFor } from '../../src/wasm/kernels/index.ts';
import { Layout } from '../../src/wasm/regions.ts';
import type { Kernels } from '../../src/wasm/worker/kernels.mjs';

/** A memory with kernels, filled from its start. */
export class KernelMemory {
  readonly kernels: Kernels;
  readonly buffer: SharedArrayBuffer;
  readonly #layout = new Layout(64);

  /** @param inputs that products have. */
  constructor(inputs: readonly number[], headDim: number) {
    const memory = new Memory({ initial: 64, maximum: MAX_PAGES, shared: true });
    const module = new Module(moduleOf(kernelsFor(inputs, headDim)));
    this.kernels = new Instance(module, { loci: { memory } }).exports as Kernels;
    this.buffer = memory.buffer;
  }

  /** Room for so many bytes; its address. */
  place(bytes: number): number {
    return this.#layout.place(bytes);
  }

  /** Puts numbers in, with room for four more; their address. */
  put(values: Float32Array): number {
    const address = this.place(4 * values.length + 16);
    this.read(address, values.length).set(values);
    return address;
  }

  /** Numbers from an address on. */
  read(address: number, length: number): Float32Array {
    return new Float32Array(this.buffer, address, length);
  }
}
