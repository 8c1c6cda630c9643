/**
 * `node packages/backends/dist/devices/run-on-vulkan.js COMMAND …`: runs a command with a WebGPU adapter, the machine's own or that of a
 * software driver, and prints which. Without an adapter it prints the reason and runs nothing. Without a command it prints the environment
 * that a command needs.
 */
import { spawnSync } from 'node:child_process';
import { findVulkanEnvironment } from './vulkan-environment.ts';

const [command, ...given] = process.argv.slice(2);
const found = await findVulkanEnvironment();
if ('missing' in found) {
  console.log(`skipped: ${found.missing}; ${found.help}`);
} else if (command === undefined) {
  console.log(`# ${found.words}`);
  for (const [name, value] of Object.entries(found.environment)) {
    console.log(`export ${name}='${value}'`);
  }
} else {
  console.log(`WebGPU: ${found.words}`);
  const env = { ...process.env, ...found.environment };
  process.exitCode = spawnSync(command, given, { env, stdio: 'inherit' }).status ?? 1;
}
