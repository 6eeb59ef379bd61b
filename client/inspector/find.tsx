/** Finds an instance of any flow by its id. */
import type { TargetedSubmitEvent } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { InstanceView } from '../../local/inspector/views.ts';
import { ask } from '../common/api.ts';
import { idIn } from './route.ts';

export interface FindProps {
  flows: string[];
  onFound(flow: string, id: string): void;
}

/** A field for an id; says so where no flow has it. */
export function Find({ flows, onFound }: FindProps) {
  const [text, setText] = useState('');
  const [word, setWord] = useState('');
  const searches = useRef(0);

  async function find(event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const search = ++searches.current;
    const id = idIn(text);
    if (id === '') return setWord('Paste the id of an instance first.');
    setWord('');
    const answers = await Promise.all(flows.map((flow) => ask<InstanceView>(addressOf(flow, id))));
    if (search !== searches.current) return;
    const found = answers.flatMap((answer) => (answer.kind === 'done' ? [answer.value] : []))[0];
    if (found) {
      setText('');
      onFound(found.flow, found.id);
    } else if (flows.length === 0 || answers.some(({ kind }) => kind === 'silent')) {
      setWord('The process does not answer.');
    } else setWord(`No flow has an instance ${id}.`);
  }

  return (
    <search class="find">
      <form onSubmit={(event) => void find(event)}>
        <label for="find">Instance</label>
        <input
          id="find"
          type="search"
          placeholder="id, of any flow"
          autocomplete="off"
          spellcheck={false}
          value={text}
          aria-describedby="find-word"
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
        <button type="submit">Find</button>
      </form>
      <p id="find-word" role="status">
        {word}
      </p>
    </search>
  );
}

const addressOf = (flow: string, id: string): string =>
  `/inspect/api/flows/${encodeURIComponent(flow)}/instances/${encodeURIComponent(id)}`;
