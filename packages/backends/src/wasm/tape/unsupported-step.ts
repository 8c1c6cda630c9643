/** Why a model's step cannot run on our kernels. */

/** An operation or a size that our kernels do not have; the engine generates in another way then, and says why. */
export class UnsupportedStep extends Error {
  override readonly name = 'UnsupportedStep';

  /** @param what the kernels lack, such as `"gelu"`. */
  constructor(what: string) {
    super(`no WebAssembly kernel for ${what}`);
  }
}
