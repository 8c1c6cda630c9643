/** Declares the parts of the host's WebAssembly in use. TypeScript has its types only in the library of browsers. */

/** A memory that threads share. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
  /** Grows it by a number of pages of 64 KiB. */
  grow(pages: number): number;
}

/** A compiled module, which can be sent to other threads. */
export interface CompiledModule {
  readonly [Symbol.toStringTag]: string;
}

interface Host {
  readonly Memory: new (sizes: {
    readonly initial: number;
    readonly maximum: number;
    readonly shared: true;
  }) => SharedMemory;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => CompiledModule;
  readonly Instance: new (
    module: CompiledModule,
    imports: Readonly<Record<string, Readonly<Record<string, SharedMemory>>>>,
  ) => { readonly exports: unknown };
}

/** The host's WebAssembly. */
export const { Memory, Module, Instance } = (
  globalThis as unknown as { readonly WebAssembly: Host }
).WebAssembly;
