/** Many calls become few. */

export interface Coalesced {
  (): void;
  /** Nothing is run any more. */
  stop(): void;
}

/**
 * A function that runs `run` at once, and again for what was called meanwhile: one at a time, and no two begin within `gapMs`.
 *
 * @param run must not throw.
 */
export function coalesced(run: () => Promise<void>, gapMs: number): Coalesced {
  let isBusy = false;
  let isWanted = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStopped = false;

  async function begin(): Promise<void> {
    isBusy = true;
    isWanted = false;
    const gap = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, gapMs);
    });
    await run();
    await gap;
    isBusy = false;
    if (isWanted && !isStopped) void begin();
  }

  const call = () => {
    if (isStopped) return;
    if (isBusy) isWanted = true;
    else void begin();
  };
  return Object.assign(call, {
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  });
}
