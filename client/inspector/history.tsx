/** What has happened to an instance. */
import type { InstanceView, TransitionView } from '../../local/inspector/views.ts';
import { Effect } from './effect.tsx';
import { Instant } from './instant.tsx';
import { spanOf } from './time.ts';

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

type Props = Pick<HistoryProps, 'now' | 'onVersion'> & {
  one: TransitionView;
  before: TransitionView | undefined;
};

function Transition({ one, before, now, onVersion }: Props) {
  const { version, event, from, to, facts, effects, dropped, at, status, entry, hash } = one;
  return (
    <li class="transition">
      <div class="transition-head">
        <strong>{event.type}</strong>
        <span class="when">
          <Instant at={at} now={now} />
          {before && (
            <span title="since the transition before">
              {' '}
              +{spanOf(Date.parse(at) - Date.parse(before.at))}
            </span>
          )}
        </span>
        {onVersion ? (
          <button
            type="button"
            class="version"
            aria-label={`v${version}: look at this version`}
            onClick={() => onVersion(version)}
          >
            v{version}
          </button>
        ) : (
          <span class="version">v{version}</span>
        )}
      </div>
      <div class="way">
        <p>
          {status === 'deferred' ? (
            <>
              <span class="badge warn">deferred</span> waits until <b>{from}</b> is left
            </>
          ) : (
            <>
              {from} <span aria-hidden="true">→</span> <span class="hidden">to</span> <b>{to}</b>
            </>
          )}
        </p>
        <details class="ids">
          <summary>Ids</summary>
          <p class="aside">
            Event <code>{event.id}</code>
            {hash && (
              <>
                , hash <code>{hash}</code>
              </>
            )}
          </p>
        </details>
      </div>
      {facts.length > 0 && <Facts facts={facts} />}
      {dropped.length > 0 && (
        <p class="dropped">
          <span class="badge warn">dropped</span> {dropped.map(({ type }) => type).join(', ')}: the new state
          takes no such event
        </p>
      )}
      {effects.length > 0 && (
        <ul class="effects" aria-label={`Effects of version ${version}`}>
          {effects.map((effect) => (
            <Effect key={effect.id} effect={effect} now={now} />
          ))}
        </ul>
      )}
      {!entry && hasNone(one)}
    </li>
  );
}

const hasNone = ({ version }: TransitionView) => (
  <p class="aside" key={version}>
    No effects, or none that are still known.
  </p>
);

const Facts = ({ facts }: Pick<TransitionView, 'facts'>) => (
  <ul class="facts" aria-label="Facts">
    {facts.map(({ type, ...fields }, index) => (
      <li key={index}>
        <b>{type}</b>
        {Object.entries(fields).map(([name, value]) => (
          <span key={name} class="fact-field">
            {' '}
            {name} <code>{typeof value === 'string' ? value : JSON.stringify(value)}</code>
          </span>
        ))}
      </li>
    ))}
  </ul>
);
