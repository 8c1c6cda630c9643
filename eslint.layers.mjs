// @ts-check
/**
 * Layers inside `@loci/backends`, by folder, and where names of a model's parameters may stand. Layers between packages are in
 * `eslint.config.mjs`.
 */
import { dirname, join, relative, resolve, sep } from 'node:path';

/** Folders of `packages/backends/src`, lowest first: each may use those before it. */
const FLOORS = ['files', 'ops', 'text', 'models', 'weights', 'lora', 'engine', 'wasm', 'graph'];
/** What engines use beside the floors; it uses none of them. */
const MACHINE = ['devices', 'threads'];
/** Engines stand side by side on all of that. */
const ENGINES = ['onnx', 'tfjs'];

/**
 * What each folder may use beside itself; files that lie in no folder may use everything.
 *
 * @type {ReadonlyMap<string, readonly string[]>}
 */
const MAY_USE = new Map(
  Object.entries({
    ...Object.fromEntries(FLOORS.map((folder, floor) => [folder, FLOORS.slice(0, floor)])),
    wasm: [...FLOORS.slice(0, FLOORS.indexOf('wasm')), 'threads'],
    ...Object.fromEntries(MACHINE.map((folder) => [folder, []])),
    ...Object.fromEntries(ENGINES.map((folder) => [folder, [...FLOORS, ...MACHINE]])),
    bench: [...FLOORS, ...MACHINE, ...ENGINES],
  }),
);

const BACKENDS = join(import.meta.dirname, 'packages/backends/src');
/** The contract of a model, and building blocks that architectures share; every other folder of `models` is an architecture. */
const CONTRACT = 'spec';
const SHARED = 'parts';
/** The table of all architectures. */
const TABLE = 'models/index.ts';

/**
 * A file's path below `packages/backends/src`, in parts; undefined for a file elsewhere.
 *
 * @param {string} file
 * @returns {readonly string[] | undefined}
 */
function placeOf(file) {
  const parts = relative(BACKENDS, file).split(sep);
  return parts[0] === '..' ? undefined : parts;
}

/**
 * The architecture that a file belongs to.
 *
 * @param {readonly string[]} place
 * @returns {string | undefined}
 */
function architectureOf([folder, name, ...inside]) {
  const isOne = folder === 'models' && inside.length > 0 && name !== SHARED && name !== CONTRACT;
  return isOne ? name : undefined;
}

/**
 * How an import breaks the layers; undefined where it does not.
 *
 * @param {readonly string[]} from
 * @param {readonly string[]} to
 * @returns {string | undefined}
 */
function layerBreach([folder = '', ...inside], [target = '', ...below]) {
  if (inside.length === 0 || folder === target) return undefined;
  const allowed = MAY_USE.get(folder);
  if (allowed === undefined) return `${folder}/ has no layer: give it one in eslint.layers.mjs`;
  if (allowed.includes(target)) return undefined;
  const list = allowed.length === 0 ? 'nothing beside itself' : allowed.join(', ');
  return `${folder}/ may use ${list}, and not ${below.length === 0 ? target : `${target}/`}`;
}

/**
 * How an import reaches into an architecture, out of the contract, or up to the table of all; undefined where it does nothing
 * of the kind.
 *
 * @param {readonly string[]} from
 * @param {readonly string[]} to
 * @returns {string | undefined}
 */
function architectureBreach(from, to) {
  const own = architectureOf(from);
  const other = architectureOf(to);
  if (other !== undefined && other !== own && from.join('/') !== TABLE) {
    return `models/${other}/ is for ${TABLE} alone: import that, or what architectures share from models/${SHARED}/`;
  }
  if (from[0] === 'models' && from[1] === CONTRACT && to[0] === 'models' && to[1] !== CONTRACT) {
    return `models/${CONTRACT}/ is the contract of a model and uses nothing else of models/`;
  }
  if (from[0] === 'models' && from.length > 2 && to.join('/') === TABLE) {
    return `${TABLE} lists the architectures and stands above models/${from[1]}/`;
  }
  return undefined;
}

/**
 * A rule about relative imports within the package.
 *
 * @param {(from: readonly string[], to: readonly string[]) => string | undefined} breach gives what is wrong with one.
 * @returns {import('eslint').Rule.RuleModule}
 */
function importRule(breach) {
  return {
    meta: { type: 'problem', schema: [], messages: { breach: '{{ what }}.' } },
    create(context) {
      const from = placeOf(context.filename);
      if (from === undefined) return {};
      /** @param {import('estree').Node & { readonly source?: import('estree').Node | null | undefined }} node */
      const check = (node) => {
        const source = node.source?.type === 'Literal' ? node.source.value : undefined;
        if (typeof source !== 'string' || !source.startsWith('.')) return;
        const to = placeOf(resolve(dirname(context.filename), source));
        const what = to && breach(from, to);
        if (what) context.report({ node, messageId: 'breach', data: { what } });
      };
      return {
        ImportDeclaration: check,
        ExportNamedDeclaration: check,
        ExportAllDeclaration: check,
        ImportExpression: check,
      };
    },
  };
}

/** Names of parameters, and expressions that match them. */
const PARAMETER_NAME =
  /(^|[.?)^])visual\.|model\.layers|embed_tokens|lm_head|language_model|deepstack/;

/** @type {import('eslint').Rule.RuleModule} */
const parameterNames = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      name: 'Only packages/backends/src/models/<architecture>/ knows what its parameters are called: ask the model for it.',
    },
  },
  create(context) {
    const place = placeOf(context.filename);
    if (place !== undefined && architectureOf(place) !== undefined) return {};
    /**
     * @param {import('estree').Node} node
     * @param {string} text
     */
    const check = (node, text) => {
      if (PARAMETER_NAME.test(text.replaceAll('\\', '')))
        context.report({ node, messageId: 'name' });
    };
    return {
      Literal: (node) => check(node, 'regex' in node ? node.regex.pattern : String(node.value)),
      TemplateElement: (node) => check(node, node.value.raw),
    };
  },
};

/** The rules, as a plugin of ESLint. */
export const house = {
  rules: {
    layers: importRule(layerBreach),
    architectures: importRule(architectureBreach),
    'parameter-names': parameterNames,
  },
};

/** All rules, switched on. */
export const houseRules = [
  {
    files: ['packages/*/src/**/*.{ts,mjs}', 'tools/src/**/*.{ts,mjs}'],
    plugins: { house },
    rules: Object.fromEntries(Object.keys(house.rules).map((rule) => [`house/${rule}`, 'error'])),
  },
];
