/** What was asked of the world outside, and what became of it. */
import type { ComponentChildren } from 'preact';
import type { EffectView } from '../../local/inspector/views.ts';
import { linesOf } from './data-lines.ts';
import { Fields } from './fields.tsx';
import { Instant } from './instant.tsx';
import { countdownOf } from './time.ts';
import { counted, effectSigns } from './words.ts';

/** One effect, in a line; what was asked for is folded away below it. */
export function Effect({ effect, now }: { effect: EffectView; now: number }) {
  const { id, kind, status, request } = effect;
  const { sign, tone } = effectSigns[status];
  const lines = linesOf(request);
  return (
    <li>
      <details class="effect">
        <summary>
          <span class={`badge ${tone}`}>
            <span aria-hidden="true">{sign} </span>
            {status}
          </span>{' '}
          <code class="kind">{kind}</code>
          {asides(effect, now).map((one, index) => (
            <span key={index} class="aside">
              {index > 0 ? ' · ' : ' '}
              {one}
            </span>
          ))}
        </summary>
        <p class="aside">
          Its id: <code>{id}</code>
        </p>
        {lines.length > 0 && <Fields lines={lines} caption={`What is asked for by ${kind}`} />}
      </details>
    </li>
  );
}

function asides({ attempt, nextAt, reason, receipt }: EffectView, now: number): ComponentChildren[] {
  const next = nextAt && countdownOf(nextAt, now);
  return [
    attempt > 0 && counted(attempt, 'try', 'tries'),
    next && (
      <>
        next {next.passed ? 'is due' : next.text} (<Instant at={nextAt} now={now} />)
      </>
    ),
    reason && (
      <>
        reason <code>{reason}</code>
      </>
    ),
    receipt && (
      <>
        receipt <code>{receipt}</code>
      </>
    ),
  ].filter((one) => one);
}
