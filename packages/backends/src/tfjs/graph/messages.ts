/**
 * Writes the messages of a TensorFlow SavedModel that graphs need, field by field (`tensorflow/core/framework/*.proto`,
 * `tensorflow/core/protobuf/saved_model.proto`).
 */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** Element types with their numbers in `DataType`. */
const DATA_TYPES = { float32: 1, int32: 3, uint8: 4, bool: 10 } as const;

/** An element type of TensorFlow. */
export type DataType = keyof typeof DATA_TYPES;

/** A constant: elements row-major as bytes. */
export interface TensorMessage {
  readonly type: DataType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** An attribute of a node. */
export type AttributeMessage =
  | { readonly type: DataType }
  | { readonly types: readonly DataType[] }
  | { readonly integer: number }
  | { readonly flag: boolean }
  | { readonly text: string }
  | { readonly tensor: TensorMessage }
  | { readonly shape: readonly number[] }
  | { readonly called: string; readonly attributes: Attributes };

/** Attributes by name. */
export type Attributes = Readonly<Record<string, AttributeMessage>>;

/** A node; inputs are written in the form of the graph or function around it. */
export interface NodeMessage {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attributes: Attributes;
}

/** A function: named arguments, nodes, and the sources of its results. */
export interface FunctionMessage {
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly type: DataType }[];
  readonly results: readonly {
    readonly name: string;
    readonly type: DataType;
    readonly from: string;
  }[];
  readonly nodes: readonly NodeMessage[];
}

/** The version of TensorFlow graphs. */
const PRODUCER = 1087;

/** The tag for loading a session. */
export const TAG = 'serve';

type Write = (writer: BinaryWriter) => void;

function message(writer: BinaryWriter, field: number, write: Write): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}

function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value);
}

function number(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Varint).int64(value);
}

function writeShape(writer: BinaryWriter, shape: readonly number[]): void {
  for (const length of shape) message(writer, 2, (dim) => number(dim, 1, length));
}

function writeTensor(writer: BinaryWriter, { type, shape, bytes }: TensorMessage): void {
  number(writer, 1, DATA_TYPES[type]);
  message(writer, 2, (inner) => writeShape(inner, shape));
  writer.tag(4, WireType.LengthDelimited).bytes(bytes);
}

function writeAttribute(writer: BinaryWriter, value: AttributeMessage): void {
  if ('type' in value) number(writer, 6, DATA_TYPES[value.type]);
  else if ('integer' in value) number(writer, 3, value.integer);
  else if ('flag' in value) number(writer, 5, value.flag ? 1 : 0);
  else if ('text' in value) text(writer, 2, value.text);
  else if ('tensor' in value) message(writer, 8, (inner) => writeTensor(inner, value.tensor));
  else if ('shape' in value) message(writer, 7, (inner) => writeShape(inner, value.shape));
  else if ('called' in value) {
    message(writer, 10, (inner) => {
      text(inner, 1, value.called);
      writeAttributes(inner, 2, value.attributes);
    });
  } else {
    message(writer, 1, (list) => {
      message(list, 6, (types) => value.types.forEach((type) => types.int64(DATA_TYPES[type])));
    });
  }
}

function writeAttributes(writer: BinaryWriter, field: number, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    message(writer, field, (entry) => {
      text(entry, 1, name);
      message(entry, 2, (inner) => writeAttribute(inner, value));
    });
  }
}

function writeNode(writer: BinaryWriter, { name, op, inputs, attributes }: NodeMessage): void {
  text(writer, 1, name);
  text(writer, 2, op);
  for (const input of inputs) text(writer, 3, input);
  writeAttributes(writer, 5, attributes);
}

function writeArgument(writer: BinaryWriter, name: string, type: DataType): void {
  text(writer, 1, name);
  number(writer, 3, DATA_TYPES[type]);
}

function writeFunction(writer: BinaryWriter, { name, ...rest }: FunctionMessage): void {
  const { parameters, results, nodes } = rest;
  message(writer, 1, (signature) => {
    text(signature, 1, name);
    for (const each of parameters) {
      message(signature, 2, (argument) => writeArgument(argument, each.name, each.type));
    }
    for (const each of results) {
      message(signature, 3, (argument) => writeArgument(argument, each.name, each.type));
    }
  });
  for (const node of nodes) message(writer, 3, (inner) => writeNode(inner, node));
  for (const { name: result, from } of results) {
    message(writer, 4, (entry) => {
      text(entry, 1, result);
      text(entry, 2, from);
    });
  }
}

/** The bytes of a `saved_model.pb` without variables. */
export function writeSavedModel(
  nodes: readonly NodeMessage[],
  functions: readonly FunctionMessage[],
): Uint8Array {
  const writer = new BinaryWriter();
  number(writer, 1, 1);
  message(writer, 2, (metaGraph) => {
    message(metaGraph, 1, (info) => text(info, 4, TAG));
    message(metaGraph, 2, (graph) => {
      for (const node of nodes) message(graph, 1, (inner) => writeNode(inner, node));
      message(graph, 2, (library) => {
        for (const each of functions) message(library, 1, (inner) => writeFunction(inner, each));
      });
      message(graph, 4, (versions) => number(versions, 1, PRODUCER));
    });
  });
  return writer.finish();
}
