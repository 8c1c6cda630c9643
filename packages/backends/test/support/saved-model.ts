/** Reads what of a SavedModel tests look at: its nodes and functions. Field numbers are those of TensorFlow's .proto files. */
import { BinaryReader } from '@bufbuild/protobuf/wire';

/** A node, its attributes as bytes. */
export interface ReadNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Uint8Array>;
}

/** A function: its arguments, results by name, and nodes. */
export interface ReadFunction {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly results: ReadonlyMap<string, string>;
  readonly nodes: readonly ReadNode[];
}

type Fields = ReadonlyMap<number, readonly (Uint8Array | number)[]>;

function fieldsOf(bytes: Uint8Array): Fields {
  const reader = new BinaryReader(bytes);
  const fields = new Map<number, (Uint8Array | number)[]>();
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    const value = type === 2 ? reader.bytes() : type === 0 ? Number(reader.int64()) : NaN;
    // The tests read bytes and whole numbers only; the bytes of any other kind of field are passed over.
    if (Number.isNaN(value)) reader.skip(type);
    fields.set(field, [...(fields.get(field) ?? []), value]);
  }
  return fields;
}

const messages = (fields: Fields, field: number) => (fields.get(field) ?? []) as Uint8Array[];
const texts = (fields: Fields, field: number) =>
  messages(fields, field).map((bytes) => new TextDecoder().decode(bytes));
const entriesOf = (fields: Fields, field: number) =>
  messages(fields, field)
    .map(fieldsOf)
    .map((entry) => [texts(entry, 1)[0]!, messages(entry, 2)[0]!] as const);

function readNode(bytes: Uint8Array): ReadNode {
  const fields = fieldsOf(bytes);
  return {
    name: texts(fields, 1)[0]!,
    op: texts(fields, 2)[0]!,
    inputs: texts(fields, 3),
    attributes: new Map(entriesOf(fields, 5)),
  };
}

function readFunction(bytes: Uint8Array): ReadFunction {
  const fields = fieldsOf(bytes);
  const signature = fieldsOf(messages(fields, 1)[0]!);
  return {
    name: texts(signature, 1)[0]!,
    parameters: messages(signature, 2).map((argument) => texts(fieldsOf(argument), 1)[0]!),
    results: new Map(
      entriesOf(fields, 4).map(([name, from]) => [name, new TextDecoder().decode(from)]),
    ),
    nodes: messages(fields, 3).map(readNode),
  };
}

/** The one graph of a SavedModel and its library. */
export function readSavedModel(bytes: Uint8Array): {
  readonly nodes: readonly ReadNode[];
  readonly functions: readonly ReadFunction[];
} {
  const metaGraph = fieldsOf(messages(fieldsOf(bytes), 2)[0]!);
  const graph = fieldsOf(messages(metaGraph, 2)[0]!);
  const library = fieldsOf(messages(graph, 2)[0]!);
  return {
    nodes: messages(graph, 1).map(readNode),
    functions: messages(library, 1).map(readFunction),
  };
}
