#!/usr/bin/env bash
# Builds the native binding of @tensorflow/tfjs-node (or -gpu) against the TensorFlow library of a Python wheel, for
# machines that cannot fetch the prebuilt one:
#
#   pip download --no-deps tensorflow-cpu && python3 -m zipfile -e tensorflow_cpu-*.whl wheel
#   bash tools/native/build-tfjs-node.sh wheel/tensorflow [tfjs-node|tfjs-node-gpu]
#
# Needs a C++17 compiler, make, Python 3, and Node's headers (NODE_HEADERS, the folder that holds include/node). The binding
# keeps links into the wheel's folder: leave it where it is.
set -euo pipefail
tensorflow=$(realpath "${1:?the folder tensorflow/ of an unpacked wheel}")
name=${2:-tfjs-node}
root=$(cd "$(dirname "$0")/../.." && pwd)
package="$root/node_modules/@tensorflow/$name"
headers=${NODE_HEADERS:-$(dirname "$(dirname "$(realpath "$(command -v node)")")")}
[ -f "$package/binding.gyp" ] || { echo "$package is not there: run npm ci" >&2; exit 1; }
[ -f "$tensorflow/libtensorflow_cc.so.2" ] || { echo "$tensorflow holds no libtensorflow_cc.so.2" >&2; exit 1; }
[ -f "$headers/include/node/node_api.h" ] || { echo "$headers holds no include/node: set NODE_HEADERS" >&2; exit 1; }

# The wheel's C++ library contains the C interface; the names are those that the binding links and looks for.
mkdir -p "$package/deps/lib"
ln -sfn "$tensorflow/include" "$package/deps/include"
for library in libtensorflow.so libtensorflow.so.2 libtensorflow_cc.so.2; do
  ln -sfn "$tensorflow/libtensorflow_cc.so.2" "$package/deps/lib/$library"
done
for library in libtensorflow_framework.so libtensorflow_framework.so.2; do
  ln -sfn "$tensorflow/libtensorflow_framework.so.2" "$package/deps/lib/$library"
done

napi=$(node -p 'Math.min(8, Number(process.versions.napi))') # the newest that the package knows
gyp="$(npm root -g)/npm/node_modules/node-gyp/bin/node-gyp.js"
cd "$package"
CXXFLAGS="${CXXFLAGS:-} -std=c++17" node "$gyp" rebuild --nodedir="$headers" \
  --napi_version="$napi" --napi_build_version="$napi" --module_name=tfjs_binding \
  --module="$package/lib/napi-v$napi/tfjs_binding.node" --module_path="$package/lib/napi-v$napi"
node -e '
  const util = require("node:util"); util.isNullOrUndefined ??= (x) => x == null;
  const tf = require(process.argv[1]);
  console.log(`built: TensorFlow ${tf.backend().binding.TF_Version}, ${tf.getBackend()}`);' "$package"
