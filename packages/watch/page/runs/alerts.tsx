/** Shows the alerts of a run. */
import type { RunAlert } from '@loci/core';

/** Alerts, the newest first, each with the earlier steps at which it was raised; nothing without alerts. */
export function Alerts({ alerts }: { readonly alerts: readonly RunAlert[] }) {
  if (alerts.length === 0) return null;
  const byName = Map.groupBy(alerts.toReversed(), ({ name }) => name);
  return (
    <section class="alerts" aria-label="Alerts">
      <ul>
        {[...byName].map(([name, [newest, ...earlier]]) => (
          <li key={name}>
            <b>Step {newest!.step}</b> {newest!.message}. <code>{newest!.metric}</code>
            {earlier.length > 0 && (
              <span class="faint"> Raised before at {stepsOf(earlier)}.</span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function stepsOf(alerts: readonly RunAlert[]): string {
  const steps = alerts.map(({ step }) => step).toReversed();
  return `step${steps.length === 1 ? '' : 's'} ${steps.join(', ')}`;
}
