/** An execution provider of ONNX Runtime that was started, and the names they go by. */

/** Providers that can be asked for, in the order in which `auto` looks for them; TensorRT only when asked for. */
export const ONNX_PROVIDERS = ['tensorrt', 'cuda', 'webgpu', 'cpu'] as const;

/** A provider by the name that configs use. */
export type OnnxProviderName = (typeof ONNX_PROVIDERS)[number];

/** What was asked for: a provider, or the fastest that is to be had. */
export type OnnxProviderChoice = 'auto' | OnnxProviderName;

/** A provider that runs here. */
export interface StartedProvider {
  readonly name: OnnxProviderName;
  /** What it runs on, for people to read. */
  readonly device: string;
  /** Why this one: as asked, or what keeps the faster ones away. */
  readonly why: string;
}

/** The provider that needs nothing but the package. */
export const CPU_PROVIDER: StartedProvider = { name: 'cpu', device: 'CPU', why: 'as asked' };
