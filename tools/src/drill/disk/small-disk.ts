/** A disk in memory that is soon full, for one command and whoever it starts: nobody else sees it, and it ends with them. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startCommand } from '../base/command.ts';

/** Enters a mount namespace in which whoever calls may mount. */
const ALONE = 'exec unshare --map-root-user --mount --propagation private bash -c';

/**
 * Runs a training (`"$@"`, which names its run as `$DRILL_DISK/run`) on a disk of `$DRILL_KIB`, makes the disk larger, and goes on: resumes the run, or
 * begins it where nothing is left. Writes `first.code`, `first.err` and what lay there then as `first.left` into `$DRILL_OUT`, and copies the run to
 * `copied` there, as the disk ends with this script.
 */
export const SMALL_DISK = `${ALONE} '
mkdir -p "$DRILL_DISK"
mount -t tmpfs -o size="$DRILL_KIB"k tmpfs "$DRILL_DISK" || exit 125
"$@" >"$DRILL_OUT/first.out" 2>"$DRILL_OUT/first.err"
first=$?
echo $first >"$DRILL_OUT/first.code"
run="$DRILL_DISK/run"
if [ -e "$run" ] && [ ! -e "$run/config.yaml" ]; then echo half; else echo fine; fi >"$DRILL_OUT/first.left"
mount -o remount,size=1g "$DRILL_DISK" || exit 126
if [ $first -ne 0 ]; then
  if [ -e "$run/config.yaml" ]; then "$1" "$2" train --resume "$run"; else "$@"; fi || exit $?
fi
cp -a "$run" "$DRILL_OUT/copied"
' bash "$@"`;

/** Why no such disk can be made on this machine; undefined where one can. @param folder in which it is tried. */
export async function obstacleToDisks(folder: string): Promise<string | undefined> {
  const disk = join(folder, 'disk-trial');
  mkdirSync(disk, { recursive: true });
  const script = `${ALONE} 'mount -t tmpfs -o size=16k tmpfs "$2"' bash "$@"`;
  const { code, stderr } = await startCommand(folder, ['mount', disk], { script }).ended;
  if (code === 0) return undefined;
  return stderr.trim().split('\n').at(-1)?.slice(0, 200) || `code ${code}`;
}
