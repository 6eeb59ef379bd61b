/** What is due and has not been done yet. */
import type { OverdueView } from '../../local/inspector/views.ts';
import { useFresh } from '../common/hooks.ts';
import { Instant } from './instant.tsx';
import { fragmentOf } from './route.ts';
import { ageOf } from './time.ts';
import { waitingFor } from './words.ts';

/** Also without a word of the process: what is not done becomes due by time alone. */
const EVERY_MS = 3_000;

/** @param flow undefined: of all flows. */
export function Overdue({ flow, now }: { flow: string | undefined; now: number }) {
  const { value } = useFresh<OverdueView>('/inspect/api/overdue', {
    ...{ concerns: () => true, gapMs: 1_000, everyMs: EVERY_MS },
  });
  const all = value?.overdue.filter((one) => flow === undefined || one.flow === flow) ?? [];
  return (
    <section class="overdue" aria-label="Overdue">
      <h2>Overdue</h2>
      {all.length === 0 ? (
        <p class="aside">{value ? 'Nothing is due: all that was has been done.' : 'Not known yet.'}</p>
      ) : (
        <div class="wide">
          <table>
            <thead>
              <tr>
                <th scope="col">Instance</th>
                <th scope="col">State</th>
                <th scope="col">Waits for</th>
                <th scope="col">Since</th>
              </tr>
            </thead>
            <tbody>
              {all.map((one) => (
                <tr key={`${one.flow}/${one.id}/${one.what}/${one.dueAt}`}>
                  <td>
                    <a href={fragmentOf({ flow: one.flow, id: one.id, only: 'newest' })}>
                      {one.flow} <code>{one.id}</code>
                    </a>
                  </td>
                  <td>{one.state}</td>
                  <td>{waitingFor[one.what]}</td>
                  <td>
                    {ageOf(one.dueAt, now)} (<Instant at={one.dueAt} now={now} />)
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
