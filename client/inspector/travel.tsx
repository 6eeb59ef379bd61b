/** Back and forth in time, over the versions of a journal. */
import type { InstanceView } from '../../local/inspector/views.ts';

export interface TravelProps {
  /** What is shown. */
  view: Pick<InstanceView, 'version' | 'newest'>;
  /** The version that was asked for; undefined: the newest one, whichever that is. */
  version: number | undefined;
  onVersion(version: number | undefined): void;
}

/** What cannot be done now keeps the focus: whoever has just pressed it is still there. */
const only = (isPossible: boolean, act: () => void) => ({
  'aria-disabled': !isPossible,
  onClick: () => isPossible && act(),
});

/** A slider with a step to either side, and the way back to now. */
export function Travel({ view: { newest }, version, onVersion }: TravelProps) {
  const at = Math.min(version ?? newest, newest);
  const go = (to: number) => onVersion(to >= newest ? undefined : Math.max(1, to));
  return (
    <fieldset class={version === undefined ? 'travel' : 'travel travel-past'}>
      <legend class="hidden">Time travel</legend>
      <button type="button" aria-label="Earlier version" {...only(at > 1, () => go(at - 1))}>
        ◀
      </button>
      <input
        type="range"
        aria-label="Version"
        aria-valuetext={version === undefined ? `${newest}, now` : `${at} of ${newest}`}
        min={1}
        max={newest}
        value={at}
        disabled={newest <= 1}
        onInput={({ currentTarget }) => go(Number(currentTarget.value))}
      />
      <button type="button" aria-label="Later version" {...only(at < newest, () => go(at + 1))}>
        ▶
      </button>
      <span class="travel-at">
        version {at} of {newest}
      </span>
      <button type="button" class="travel-now" {...only(version !== undefined, () => onVersion(undefined))}>
        Now
      </button>
    </fieldset>
  );
}
