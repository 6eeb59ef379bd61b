/** What was asked of the world outside, and what became of it. */
import type { EffectView } from '../../local/inspector/views.ts';
import { linesOf } from './data-lines.ts';
import { Fields } from './fields.tsx';
import { Instant } from './instant.tsx';
import { countdownOf } from './time.ts';
import { counted, effectSigns } from './words.ts';

/** One effect; what was asked for is folded away. */
export function Effect({ effect, now }: { effect: EffectView; now: number }) {
  const { id, kind, status, attempt, nextAt, reason, receipt, request } = effect;
  const { sign, tone } = effectSigns[status];
  const lines = linesOf(request);
  return (
    <li class="effect">
      <span class={`badge ${tone}`}>
        <span aria-hidden="true">{sign} </span>
        {status}
      </span>{' '}
      <code>{kind}</code>
      <ul class="asides">
        {attempt > 0 && <li>{counted(attempt, 'try', 'tries')}</li>}
        {nextAt && (
          <li>
            next {countdownOf(nextAt, now).passed ? 'is due' : countdownOf(nextAt, now).text} (
            <Instant at={nextAt} now={now} />)
          </li>
        )}
        {reason && (
          <li>
            reason <code>{reason}</code>
          </li>
        )}
        {receipt && (
          <li>
            receipt <code>{receipt}</code>
          </li>
        )}
      </ul>
      <details>
        <summary>Request</summary>
        <p class="aside">
          Its id: <code>{id}</code>
        </p>
        {lines.length > 0 && <Fields lines={lines} caption={`What is asked for by ${kind}`} />}
      </details>
    </li>
  );
}
