/** What a person should look at. */
import type { RunAlert } from '@loci/core';

/** Alerts, the newest first; nothing where there are none. */
export function Alerts({ alerts }: { readonly alerts: readonly RunAlert[] }) {
  if (alerts.length === 0) return null;
  return (
    <section class="alerts" aria-label="Alerts">
      <ul>
        {alerts.toReversed().map((alert) => (
          <li key={`${alert.step} ${alert.name}`}>
            <b>Step {alert.step}</b> {alert.message}. <code>{alert.metric}</code>
          </li>
        ))}
      </ul>
    </section>
  );
}
