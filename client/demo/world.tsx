/** Break it: what can go wrong in the world, to be tried; and all of it well again. */
import { useEffect, useState } from 'preact/hooks';
import { apiNow } from '../common/api.ts';
import type { UsedWorld } from './use-world.ts';
import { brokenParts, changeOf, isKnown, type Part, type PartName, parts, wayOf } from './world.ts';

interface WorldProps {
  world: UsedWorld;
  /** Those that matter on this page; the others are folded away. */
  first: readonly PartName[];
}

/** The panel. It shows how the world is, also after a reload. */
export function WorldPanel({ world, first }: WorldProps) {
  const broken = brokenParts(world);
  const others = (Object.keys(parts) as PartName[]).filter((name) => !first.includes(name));
  const isAwayBroken = broken.some(({ id }) => others.some((name) => name === id));
  const [isUnfolded, unfold] = useState(false);
  // What is broken is not hidden; what somebody has unfolded stays so.
  useEffect(() => {
    if (isAwayBroken) unfold(true);
  }, [isAwayBroken]);
  return (
    <section class="card world" aria-labelledby="world-title">
      <header class="world-head">
        <h2 id="world-title">Break it</h2>
        <button type="button" onClick={() => world.heal()}>
          Make the world well again
        </button>
      </header>
      <p
        class={broken.length > 0 ? 'note note-warn' : 'note'}
        data-broken={isKnown(world) ? broken.length : 'unknown'}
      >
        {standingOf(world)}
      </p>
      {first.map((name) => (
        <Row key={name} part={parts[name]} world={world} />
      ))}
      <Kills world={world} names={companions.filter((name) => first.includes(name))} />
      <Clock world={world} />
      <details open={isUnfolded} onToggle={({ currentTarget }) => unfold(currentTarget.open)}>
        <summary>The rest of the world</summary>
        {others.map((name) => (
          <Row key={name} part={parts[name]} world={world} />
        ))}
        <Kills world={world} names={companions.filter((name) => !first.includes(name))} />
        <KillDetent />
      </details>
      <p role="status" class={world.said?.isProblem ? 'said said-bad' : 'said'}>
        {world.said?.text}
      </p>
    </section>
  );
}

/** How the world is, as far as it is known. */
function standingOf(world: UsedWorld): string {
  const broken = brokenParts(world).map((part) => `${part.label.toLowerCase()} ${labelOf(part, world)}`);
  const rest = isKnown(world) ? '' : ' Not known yet how the rest is.';
  if (broken.length > 0) return `Broken now: ${broken.join('; ')}.${rest}`;
  return isKnown(world)
    ? 'The world is well. Break what you like: Detent recovers.'
    : 'Not known yet how the world is.';
}

const labelOf = (part: Part, world: UsedWorld): string => {
  const way = wayOf(part, world) ?? part.well;
  return part.ways[way]?.[0] ?? way;
};

function Row({ part, world }: { part: Part; world: UsedWorld }) {
  const way = wayOf(part, world);
  if (way === undefined) return null;
  const known = Object.entries(part.ways);
  const ways = known.some(([value]) => value === way) ? known : [...known, [way, [way, '']] as const];
  const what = part.ways[way]?.[1];
  return (
    <div class={way === part.well ? 'row' : 'row row-broken'}>
      <label for={`part-${part.id}`}>{part.label}</label>
      <select
        id={`part-${part.id}`}
        value={way}
        aria-describedby={`what-${part.id}`}
        onChange={({ currentTarget }) => world.change(changeOf(part, currentTarget.value))}
      >
        {ways.map(([value, [label]]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      <p id={`what-${part.id}`} class="row-what">
        {what}
      </p>
    </div>
  );
}

const companions = ['gateway', 'warehouse'] as const;

interface KillsProps {
  world: UsedWorld;
  names: readonly (typeof companions)[number][];
}

function Kills({ world: { sandbox, kill }, names }: KillsProps) {
  // One that is not ours cannot be killed.
  const ours = names.filter((name) => sandbox?.[name] !== undefined);
  if (!sandbox || ours.length === 0) return null;
  return (
    <ul class="kills">
      {ours.map((name) => (
        <li key={name}>
          <button type="button" class="danger" onClick={() => kill(name)}>
            Kill the {name}
          </button>
          <span data-process={name}>
            {sandbox.running[name] ? `process ${sandbox.running[name]}` : 'is being started again'}
          </span>
        </li>
      ))}
    </ul>
  );
}

const steps: readonly [seconds: number, words: string][] = [
  [60, '1 min'],
  [300, '5 min'],
  [3_600, '1 h'],
  [86_400, '1 day'],
  [604_800, '7 days'],
];

function Clock({ world }: { world: UsedWorld }) {
  const [busy, setBusy] = useState(false);
  const move = async (seconds: number, words: string) => {
    if (busy) return;
    setBusy(true);
    await world.advance(seconds, words);
    setBusy(false);
  };
  return (
    <fieldset class="clock" aria-busy={busy}>
      <legend>
        Be too slow: it is <Time />
      </legend>
      {steps.map(([seconds, words]) => (
        <button type="button" key={words} aria-disabled={busy} onClick={() => move(seconds, words)}>
          +{words}
        </button>
      ))}
    </fieldset>
  );
}

/** What time it is for Detent. */
function Time() {
  const [now, set] = useState(apiNow);
  useEffect(() => {
    const timer = setInterval(() => set(apiNow()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const at = new Date(now);
  return (
    <time dateTime={at.toISOString()}>
      {at.toLocaleString('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })}
    </time>
  );
}

function KillDetent() {
  const { port } = location;
  return (
    <div class="row-text">
      <b>Detent itself</b> cannot be killed from a page of its own. On its machine:
      <pre>
        <code>kill -9 $(lsof -ti tcp:{port || '80'} -sTCP:LISTEN)</code>
      </pre>
      and start it again. Whatever was under way goes on where it was; this page waits for it.
    </div>
  );
}
