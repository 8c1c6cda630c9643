/** Keeps secrets out of the environment of a job, which everyone who sees the dashboard can read. */
import { LociError } from '@loci/core';

const SECRET_NAME = /token|secret|passw|api_?key|credential/iu;

/** @throws LociError `secret-in-environment` for a variable that looks like a secret and is not the path of a file. */
export function checkEnvironment(environment: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(environment)) {
    if (!SECRET_NAME.test(name) || value.startsWith('/') || value === '') continue;
    throw new LociError(
      'secret-in-environment',
      `trainer.environment.${name}: the dashboard shows the variables of a job to everyone who reaches it. Put the value into a file on ` +
        'the nodes and name the file, or set the variable where the cluster starts',
    );
  }
}
