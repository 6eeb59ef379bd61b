/** What has happened to an instance. */
import type { InstanceView } from '../../local/inspector/views.ts';
import { Instant } from './instant.tsx';
import { Transition } from './transition.tsx';

export interface HistoryProps {
  view: InstanceView;
  now: number;
  /** Leads to the instance as it was. */
  onVersion?: ((version: number) => void) | undefined;
}

/** Every transition that is known, the newest first, below the events that wait. */
export function History({ view, now, onVersion }: HistoryProps) {
  const { transitions, deferred } = view;
  const first = transitions[0];
  return (
    <>
      {deferred.length > 0 && <Waiting deferred={deferred} now={now} />}
      <ol class="history" reversed start={transitions.length}>
        {transitions.toReversed().map((one, index) => (
          <Transition
            key={one.version}
            {...{ one, now, onVersion }}
            before={transitions[transitions.length - index - 2]}
          />
        ))}
      </ol>
      {first && first.version > 1 && (
        <p class="aside">
          What came before version {first.version} is no longer kept: this flow has no journal.
        </p>
      )}
    </>
  );
}

const Waiting = ({ deferred, now }: Pick<InstanceView, 'deferred'> & { now: number }) => (
  <div class="waiting">
    <h4>Deferred events that wait</h4>
    <ul>
      {deferred.map(({ id, type, at, due }) => (
        <li key={id}>
          <strong>{type}</strong> since <Instant at={at} now={now} />
          {due ? ', to be taken up now' : ', until the state changes'}
        </li>
      ))}
    </ul>
  </div>
);
