/** A rollout with its whole group: the question, its media, the true map, and all completions side by side. */
import { useEffect, useRef } from 'preact/hooks';
import type { GroupMember, GroupView, RunSummary } from '../../src/wire/wire.ts';
import { useFetched } from '../data/fetching.ts';
import { link } from '../data/route.ts';
import type { Route } from '../data/route.ts';
import { figure, signed } from '../format.ts';
import { MapKey, MapView, categoriesOf } from './map-view.tsx';
import { SceneDrawing } from './scene-drawing.tsx';
import { Medium } from './medium.tsx';
import { RewardTable } from './reward-table.tsx';
import { tone } from './rollouts-view.tsx';

/** The group of a row. */
export function GroupPage(props: {
  readonly run: RunSummary;
  readonly row: number;
  readonly route: Route;
}) {
  const { run, row, route } = props;
  const { value: group, problem } = useFetched<GroupView>(
    `api/runs/${run.id}/rollouts/${row}`,
    run.generation,
  );
  const filter = Object.fromEntries(route.query);
  const to = (target: number): string => link(['run', run.id, 'rollouts', String(target)], filter);
  if (problem !== undefined) return <p class="problem">{problem}</p>;
  if (group === undefined) return <p class="empty">Reading the rollout…</p>;
  const categories = categoriesOf([group.map, ...group.members.map(({ imagined }) => imagined)]);
  return (
    <article class="group">
      <nav class="pages" aria-label="Groups">
        <a href={link(['run', run.id, 'rollouts'], filter)}>Back to the list</a>
        {group.previous !== null && <a href={to(group.previous)}>Group before</a>}
        {group.next !== null && <a href={to(group.next)}>Next group</a>}
      </nav>
      <h2 class="question">{group.problem}</h2>
      {group.options.length > 0 && (
        <ul class="answers">
          {group.options.map((option) => (
            <li key={option}>{option}</li>
          ))}
        </ul>
      )}
      <p>
        True answer <b>{group.solution}</b>{' '}
        <span class="faint">
          step {group.step}, {group.kind}, sample {group.sampleId}
        </span>
      </p>
      <div class="sight">
        {group.media.map((medium, number) => (
          <Medium
            key={number}
            address={`api/runs/${run.id}/rollouts/${group.row}/media/${number}`}
            medium={medium}
          />
        ))}
        {group.map !== undefined && (
          <MapView map={group.map} categories={categories} title="True map" />
        )}
        {group.sceneDrawing !== undefined && (
          <SceneDrawing drawing={group.sceneDrawing} title="True map" />
        )}
      </div>
      {categories.length > 0 && <MapKey categories={categories} />}
      <div class="members" tabIndex={0} role="region" aria-label="Completions of the group">
        {group.members.map((member) => (
          <Member
            key={member.row}
            member={member}
            group={group}
            categories={categories}
            isChosen={member.row === row}
          />
        ))}
      </div>
    </article>
  );
}

function Member(props: {
  readonly member: GroupMember;
  readonly group: GroupView;
  readonly categories: readonly string[];
  readonly isChosen: boolean;
}) {
  const { member, group, categories, isChosen } = props;
  const card = useRef<HTMLElement>(null);
  useEffect(() => {
    const own = card.current;
    if (isChosen && own?.parentElement) {
      own.parentElement.scrollLeft = own.offsetLeft - own.parentElement.offsetLeft - 12;
    }
  }, [isChosen]);
  const name =
    member.look === undefined
      ? `Completion ${member.completion + 1}`
      : `${member.look}, ${member.completion + 1}`;
  return (
    <section class={`member ${isChosen ? 'chosen' : ''}`} ref={card} aria-label={name}>
      <h3>
        {name}
        {isChosen && <span class="tag">chosen</span>}
        {member.leftOut !== undefined && <span class="tag">left out: {member.leftOut}</span>}
        {member.finishReason === 'length' && <span class="tag">cut at the limit</span>}
      </h3>
      <p class="member-figures">
        <span>
          reward <b>{figure(member.reward)}</b>
        </span>
        <span>
          advantage <b class={tone(member.advantage)}>{signed(member.advantage)}</b>
        </span>
        <span class="faint">{member.tokens} tokens</span>
      </p>
      {group.map !== undefined && (
        <MapView
          map={member.imagined}
          categories={categories}
          title="Imagined map"
          truth={group.map}
          small
        />
      )}
      {group.sceneDrawing !== undefined && (
        <SceneDrawing drawing={member.sceneDrawing} title="Imagined map" />
      )}
      <pre>
        {member.opened !== undefined && <span class="faint">{member.opened}</span>}
        {member.text}
      </pre>
      <RewardTable member={member} />
    </section>
  );
}
