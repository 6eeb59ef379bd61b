/** Back and forth in time, over the versions of a journal. */
import type { InstanceView } from '../../local/inspector/views.ts';

export interface TravelProps {
  /** What is shown. */
  view: Pick<InstanceView, 'version' | 'newest'>;
  /** The version that was asked for; undefined: the newest one, whichever that is. */
  version: number | undefined;
  onVersion(version: number | undefined): void;
}

/** A slider with a step to either side, and the way back to now. */
export function Travel({ view: { newest }, version, onVersion }: TravelProps) {
  const at = Math.min(version ?? newest, newest);
  const go = (to: number) => onVersion(to >= newest ? undefined : Math.max(1, to));
  return (
    <fieldset class={version === undefined ? 'travel' : 'travel travel-past'}>
      <legend class="hidden">Time travel</legend>
      <button type="button" aria-label="Earlier version" disabled={at <= 1} onClick={() => go(at - 1)}>
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
      <button type="button" aria-label="Later version" disabled={at >= newest} onClick={() => go(at + 1)}>
        ▶
      </button>
      <span class="travel-at">
        version {at} of {newest}
      </span>
      <button
        type="button"
        class="travel-now"
        disabled={version === undefined}
        onClick={() => onVersion(undefined)}
      >
        Now
      </button>
    </fieldset>
  );
}
