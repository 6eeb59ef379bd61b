/** What an instance is, where it stands, and until when. */
import type { InstanceView, StuckReason } from '../../local/inspector/views.ts';
import { Instant } from './instant.tsx';
import { countdownOf } from './time.ts';
import { stuckWords } from './words.ts';

export interface HeadProps {
  view: InstanceView;
  now: number;
  /** Whether it is shown as it was. */
  isPast: boolean;
}

/** The lines above all else. */
export function Head({ view, now, isPast }: HeadProps) {
  const { flow, id, state, final, version, createdAt } = view;
  return (
    <header class="instance-head">
      <h2>
        <span class="instance-flow">{flow}</span> <code class="instance-id">{id}</code>
      </h2>
      <p class="instance-facts">
        <strong class={final ? 'state-name state-name-final' : 'state-name'}>{state}</strong>
        <span>
          version {version}, begun <Instant at={createdAt} now={now} />
        </span>
        <Until {...{ view, now, isPast }} />
      </p>
    </header>
  );
}

function Until({
  view: { deadline, expiresAt, final },
  now,
  isPast,
}: Pick<HeadProps, 'view' | 'now' | 'isPast'>) {
  if (deadline === undefined)
    return expiresAt !== undefined ? (
      <span>
        {final ? 'final, ' : ''}kept until <Instant at={expiresAt} now={now} />
      </span>
    ) : (
      <span>{final ? 'final' : 'no deadline'}</span>
    );
  const { passed, text } = countdownOf(deadline, now);
  if (isPast)
    return (
      <span>
        its deadline was then <Instant at={deadline} now={now} />
      </span>
    );
  return (
    <span class={passed ? 'countdown countdown-passed' : 'countdown'}>
      deadline {passed ? `has been due ${text}` : text} (<Instant at={deadline} now={now} />)
    </span>
  );
}

/** Why somebody should look at it, and what to do. */
export const Stuck = ({ reason }: { reason: StuckReason }) => (
  <div class="stuck">
    <p>
      <span class="badge bad">
        <span aria-hidden="true">▲ </span>stuck: {stuckWords[reason].word}
      </span>{' '}
      {stuckWords[reason].why}
    </p>
    <p>{stuckWords[reason].advice}</p>
  </div>
);
