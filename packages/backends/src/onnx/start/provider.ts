/** Defines the names of ONNX Runtime's execution providers, and a started one. */

/** Providers by name, in the order in which `auto` tries them; TensorRT only by explicit choice. */
export const ONNX_PROVIDERS = ['tensorrt', 'cuda', 'webgpu', 'cpu'] as const;

/** A provider by the name that configs use. */
export type OnnxProviderName = (typeof ONNX_PROVIDERS)[number];

/** The choice of a provider: a name, or the fastest available. */
export type OnnxProviderChoice = 'auto' | OnnxProviderName;

/** A provider that runs on this machine. */
export interface StartedProvider {
  readonly name: OnnxProviderName;
  /** Its device, in words. */
  readonly device: string;
  /** The reason for this one: an explicit choice, or what rules out the faster ones. */
  readonly why: string;
}

/** The provider that needs nothing but the package. */
export const CPU_PROVIDER: StartedProvider = { name: 'cpu', device: 'CPU', why: 'as chosen' };
