/** One transition of the history. */
import type { TransitionView } from '../../local/inspector/views.ts';
import { Effect } from './effect.tsx';
import { Instant } from './instant.tsx';
import { spanOf } from './time.ts';

export interface TransitionProps {
  one: TransitionView;
  /** The one before it, if that is known. */
  before: TransitionView | undefined;
  now: number;
  /** Leads to the instance as it was. */
  onVersion?: ((version: number) => void) | undefined;
}

/** What an event has done, and what was asked for by that. */
export function Transition({ one, before, now, onVersion }: TransitionProps) {
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
      {!entry && <p class="aside">No effects, or none that are still known.</p>}
    </li>
  );
}

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
