/** The fields of the filter of rollouts. The address holds their values. */
import { useEffect, useState } from 'preact/hooks';
import { useSettled } from '../data/fetching.ts';

/** The filter, by the names of its parameters. */
export type FilterValues = Readonly<Record<string, string>>;

interface FilterProps {
  readonly values: FilterValues;
  readonly onChange: (values: FilterValues) => void;
  readonly kinds: readonly string[];
  readonly parts: readonly string[];
}

/** Pause in typing before the page asks the server. */
const PAUSE_MS = 150;

/** A row of fields, which wraps. */
export function FilterFields({ values, onChange, kinds, parts }: FilterProps) {
  const set = (name: string, value: string): void => onChange({ ...values, [name]: value });
  const part = values['part'] ?? '';
  return (
    <form
      class="controls filter"
      role="search"
      aria-label="Rollouts"
      onSubmit={(event) => event.preventDefault()}
    >
      <Typed name="text" title="Text" type="search" values={values} set={set} wide />
      <Choice name="kind" title="Kind" none="all kinds" options={kinds} values={values} set={set} />
      <Choice
        name="state"
        title="Which"
        none="all rollouts"
        options={['trained', 'left-out', 'failed', 'looks']}
        values={values}
        set={set}
      />
      <fieldset>
        <legend>Step</legend>
        <Typed name="fromStep" title="from step" placeholder="from" values={values} set={set} />
        <Typed name="toStep" title="to step" placeholder="to" values={values} set={set} />
      </fieldset>
      <fieldset>
        <legend>Reward</legend>
        <Typed
          name="minReward"
          title="least reward"
          placeholder="least"
          values={values}
          set={set}
        />
        <Typed
          name="maxReward"
          title="greatest reward"
          placeholder="most"
          values={values}
          set={set}
        />
      </fieldset>
      <Choice name="part" title="Part" none="any part" options={parts} values={values} set={set} />
      {part !== '' && (
        <fieldset>
          <legend>{part}</legend>
          <Typed
            name="minPart"
            title={`least ${part}`}
            placeholder="least"
            values={values}
            set={set}
          />
          <Typed
            name="maxPart"
            title={`greatest ${part}`}
            placeholder="most"
            values={values}
            set={set}
          />
        </fieldset>
      )}
      <Choice
        name="sort"
        title="Order"
        none="by step"
        options={['reward', 'advantage', 'tokens', ...(part === '' ? [] : ['part'])]}
        values={values}
        set={set}
      />
      <label class="check">
        <input
          type="checkbox"
          checked={values['descending'] === '1'}
          onChange={({ currentTarget }) => set('descending', currentTarget.checked ? '1' : '')}
        />
        last first
      </label>
      {Object.values(values).some((value) => value !== '') && (
        <button type="button" onClick={() => onChange({})}>
          Clear
        </button>
      )}
    </form>
  );
}

interface FieldProps {
  readonly name: string;
  readonly title: string;
  readonly values: FilterValues;
  readonly set: (name: string, value: string) => void;
}

function Typed({
  name,
  title,
  values,
  set,
  placeholder = '',
  type = 'number',
  wide = false,
}: FieldProps & {
  readonly placeholder?: string;
  readonly type?: 'number' | 'search';
  readonly wide?: boolean;
}) {
  const value = values[name] ?? '';
  const [typed, setTyped] = useState(value);
  const settled = useSettled(typed, PAUSE_MS);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (settled === typed && settled !== value) set(name, settled);
  }, [settled]);
  const onInput = ({ currentTarget }: { readonly currentTarget: HTMLInputElement }): void =>
    setTyped(currentTarget.value);
  return (
    <label class={wide ? 'wide' : ''}>
      {placeholder === '' ? title : <span class="hidden">{title}</span>}
      {type === 'search' ? (
        <input type="search" value={typed} onInput={onInput} />
      ) : (
        <input type="number" step="any" value={typed} placeholder={placeholder} onInput={onInput} />
      )}
    </label>
  );
}

function Choice(
  props: FieldProps & { readonly none: string; readonly options: readonly string[] },
) {
  const { name, title, none, options, values, set } = props;
  return (
    <label>
      {title}
      <select
        value={values[name] ?? ''}
        onChange={({ currentTarget }) => set(name, currentTarget.value)}
      >
        <option value="">{none}</option>
        {options.map((option) => (
          <option key={option} value={option}>
            {option}
          </option>
        ))}
      </select>
    </label>
  );
}
