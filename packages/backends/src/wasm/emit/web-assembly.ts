/** What of the WebAssembly of the host we use. TypeScript knows its types only together with those of a browser. */

/** A memory that threads share. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
  /** Makes it so many pages of 64 KiB longer. */
  grow(pages: number): number;
}

/** A compiled module; it can be sent to other threads. */
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
