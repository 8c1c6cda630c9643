/** The value of every reward for a completion, its parts and reasons, and its contribution. */
import type { GroupMember } from '../../src/wire/wire.ts';
import { figure } from '../format.ts';

/** A row per reward, with its parts below. */
export function RewardTable({ member }: { readonly member: GroupMember }) {
  const entries = Object.entries(member.outcomes);
  if (entries.length === 0) return null;
  return (
    <table class="rewards">
      <thead>
        <tr>
          <th scope="col" class="words">
            reward
          </th>
          <th scope="col">gave</th>
          <th scope="col">adds</th>
        </tr>
      </thead>
      {entries.map(([name, outcome]) => {
        const added = member.contributions?.[name];
        const parts = outcome.status === 'scored' ? Object.entries(outcome.parts ?? {}) : [];
        const reason =
          added?.closed === undefined ? outcome.reason : `gate closed: ${added.closed}`;
        return (
          <tbody key={name}>
            <tr>
              <th scope="row" class="words">
                {name}
              </th>
              <td>{outcome.status === 'scored' ? figure(outcome.value) : outcome.status}</td>
              <td>
                {added === undefined || added.value === null
                  ? '–'
                  : figure(added.value * added.weight)}
              </td>
            </tr>
            {parts.map(([part, value]) => (
              <tr key={part} class="part">
                <td class="words">{part}</td>
                <td>{figure(value)}</td>
                <td />
              </tr>
            ))}
            {reason !== undefined && (
              <tr class="part">
                <td class="words reason" colSpan={3}>
                  {reason}
                </td>
              </tr>
            )}
          </tbody>
        );
      })}
    </table>
  );
}
