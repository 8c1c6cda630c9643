/** Recognizes adapter folders in PEFT's layout. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';

/** Name of the file in an adapter folder. */
export const ADAPTER_CONFIG_FILE = 'adapter_config.json';

/** Whether a folder holds an adapter. */
export function isAdapterFolder(folder: string): Promise<boolean> {
  return access(join(folder, ADAPTER_CONFIG_FILE)).then(
    () => true,
    () => false,
  );
}
