/** Builds the small models by which a session worker moves vectors to a device and back. */
import { GraphBuilder } from '../../graph/ir/builder.ts';
import { serialize } from '../../graph/ir/serialize.ts';
import type { TransferModels } from '../../graph/engine/runtime-messages.ts';

/** An axis whose length only a run knows. */
const ANY = -1;

/** `y = x`, and `y = a + b`, of vectors of any length. */
export function transferModels(): TransferModels {
  const [identity, sum] = [new GraphBuilder(), new GraphBuilder()];
  identity.output(identity.emit('Identity', [identity.input('x', [ANY])], [ANY]), 'y');
  const terms = ['a', 'b'].map((name) => sum.input(name, [ANY]));
  sum.output(sum.emit('Add', terms, [ANY]), 'y');
  return { identity: serialize(identity), sum: serialize(sum) };
}
