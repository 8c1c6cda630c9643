/** Assembles kernels into a WebAssembly module on an imported memory. */
import { list, sized, text, unsigned } from './encoding.ts';
import type { Code } from './encoding.ts';
import type { Expression, Statement, ValueType, Variable } from './instructions.ts';

const TYPE_CODES: Readonly<Record<ValueType, number>> = {
  i32: 0x7f,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
};

/** A function of a module. */
export interface Kernel {
  readonly name: string;
  readonly parameters: readonly ValueType[];
  readonly result?: ValueType;
  readonly locals: readonly ValueType[];
  readonly body: Code;
}

/** Makes a variable of a kernel. */
export type MakeLocal = <Type extends ValueType>(type: Type) => Variable<Type>;

/** The body of a kernel. */
export interface KernelBody {
  readonly statements: readonly Statement[];
  /** The kernel's result, if any. */
  readonly result?: Expression<ValueType>;
}

/**
 * Defines a kernel.
 *
 * @param parameters their types by name, in order.
 * @example kernel('double', { x: 'i32' }, ({ x }) => ({ statements: [v128.store(x, f32x4.add(v128.load(x), v128.load(x)))] }))
 */
export function kernel<const Parameters extends Readonly<Record<string, ValueType>>>(
  name: string,
  parameters: Parameters,
  build: (
    variables: { readonly [Name in keyof Parameters]: Variable<Parameters[Name]> },
    local: MakeLocal,
  ) => KernelBody,
): Kernel {
  const types = Object.values(parameters);
  const locals: ValueType[] = [];
  const variables = Object.fromEntries(
    Object.entries(parameters).map(([key, type], index) => [key, variable(type, index)]),
  ) as { [Name in keyof Parameters]: Variable<Parameters[Name]> };
  const { statements, result } = build(variables, (type) => {
    locals.push(type);
    return variable(type, types.length + locals.length - 1);
  });
  const body = [...statements.flat(), ...(result?.code ?? [])];
  return { name, parameters: types, locals, body, ...(result && { result: result.type }) };
}

function variable<Type extends ValueType>(type: Type, index: number): Variable<Type> {
  return {
    type,
    code: [0x20, ...unsigned(index)],
    set: (value) => [...value.code, 0x21, ...unsigned(index)],
  };
}

/** The most pages of 64 KiB of a memory: 2 GiB, so that addresses are positive 32-bit integers. */
export const MAX_PAGES = 2 ** 15;

/** The import of modules. */
const MEMORY_IMPORT = { module: 'loci', name: 'memory' } as const;

/**
 * The bytes of a module that exports the kernels under their names.
 *
 * @param options whether its memory is shared between threads, and then has at most `MAX_PAGES`. Default: it is.
 */
export function moduleOf(
  kernels: readonly Kernel[],
  { isShared = true }: { readonly isShared?: boolean } = {},
): Uint8Array<ArrayBuffer> {
  const codes = (types: readonly ValueType[]) => types.map((type): Code => [TYPE_CODES[type]]);
  const section = (id: number, items: readonly Code[]): Code => [id, ...sized(list(items))];
  const signature = ({ parameters, result }: Kernel): Code => [
    0x60,
    ...list(codes(parameters)),
    ...list(codes(result ? [result] : [])),
  ];
  const body = ({ locals, body: code }: Kernel): Code =>
    sized([...list(codes(locals).map((type): Code => [1, ...type])), ...code, 0x0b]);
  const memory: Code = [
    ...text(MEMORY_IMPORT.module),
    ...text(MEMORY_IMPORT.name),
    2,
    ...(isShared ? [3, ...unsigned(1), ...unsigned(MAX_PAGES)] : [0, ...unsigned(1)]),
  ];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, kernels.map(signature)),
    ...section(2, [memory]),
    ...section(
      3,
      kernels.map((_, index) => unsigned(index)),
    ),
    ...section(
      7,
      kernels.map(({ name }, index): Code => [...text(name), 0, ...unsigned(index)]),
    ),
    ...section(10, kernels.map(body)),
  ]);
}
