/** What to try, with what is to be seen then. */
import type { Experiment } from './experiments.ts';
import type { UsedWorld } from './use-world.ts';

/** A list of them; each can set the world up for itself. */
export function Experiments({ list, world }: { list: readonly Experiment[]; world: UsedWorld }) {
  return (
    <section class="card" aria-labelledby="experiments-title">
      <h2 id="experiments-title">Experiments</h2>
      {list.map((one) => (
        <details class="experiment" key={one.title} name="experiment">
          <summary>{one.title}</summary>
          <ol>
            {one.stage && (
              <li>
                <button type="button" onClick={() => one.stage && world.change(one.stage.change)}>
                  {one.stage.label}
                </button>
              </li>
            )}
            {one.steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
          <p>
            <b>What you see:</b> {one.sees}
          </p>
        </details>
      ))}
    </section>
  );
}
