/** What the process has counted since it was started. */
import type { CountersView } from '../../local/inspector/views.ts';
import { useCounters } from '../common/hooks.ts';
import { Instant } from './instant.tsx';

type Name = Exclude<keyof CountersView, 'since'>;

/** In the order in which they are shown; what somebody may have to look at stands out where there is any. */
const names: { name: Name; means: string; isTrouble?: true }[] = [
  { name: 'transitions', means: 'events that changed something' },
  { name: 'conflicts', means: 'versions that were overtaken, and loaded again' },
  { name: 'clashes', means: 'transactions that met another one' },
  { name: 'delivered', means: 'effects that were performed' },
  { name: 'retries', means: 'effects that were tried once more' },
  {
    name: 'unknown',
    means: 'tries of effects of which nobody knows whether they were performed',
    isTrouble: true,
  },
  { name: 'failed', means: 'effects that were given up', isTrouble: true },
  { name: 'expired', means: 'effects that nobody wanted any more' },
  {
    name: 'unavailable',
    means: 'events that could not be taken because a service was down',
    isTrouble: true,
  },
  { name: 'alarms', means: 'calls for a person', isTrouble: true },
];

export function Counters() {
  const counters = useCounters();
  return (
    <section class="counters" aria-label="Counters">
      {counters ? (
        <dl>
          {names.map(({ name, means, isTrouble }) => (
            <div key={name} title={means} class={isTrouble && counters[name] > 0 ? 'trouble' : undefined}>
              <dt>{name}</dt>
              <dd>{counters[name]}</dd>
            </div>
          ))}
        </dl>
      ) : (
        <p>No counters yet.</p>
      )}
      {counters && (
        <p>
          since <Instant at={counters.since} />
        </p>
      )}
    </section>
  );
}
