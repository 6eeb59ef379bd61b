/** The page: a bar, the instances, the one that is looked at, and the counters. */
import { useEffect } from 'preact/hooks';
import type { ChangeNotice, InstancesView } from '../../local/inspector/views.ts';
import { useFlows, useFresh, useNow } from '../common/hooks.ts';
import { Counters } from './counters.tsx';
import { Instance } from './instance.tsx';
import { Overview } from './overview.tsx';
import type { Route } from './route.ts';
import { Side } from './side.tsx';
import { Top } from './top.tsx';
import { type Go, useRoute } from './use-route.ts';

/** Lists of what is late grow by time alone. */
const LATE_MS = 3_000;
const MOST = 100;

/** Where the focus goes when what had it is no more, or has led to something. */
const toMain = () => document.getElementById('main')?.focus();

export function App() {
  const [route, go] = useRoute();
  const now = useNow();
  const flows = useFlows().value?.flows ?? [];
  const { flow, id, only, state } = route;
  const concerns = (notice: ChangeNotice) => flow === undefined || notice.flow === flow;
  const everyMs = only === 'newest' ? undefined : LATE_MS;
  const listed = useFresh<InstancesView>(listOf(route), { concerns, gapMs: 700, everyMs });
  useEffect(() => {
    document.title = [id ?? state, flow, 'Detent inspector'].filter(Boolean).join(' · ');
  }, [flow, id, state]);
  return (
    <div class="inspector">
      <button type="button" class="skip" onClick={toMain}>
        Skip to what is chosen
      </button>
      <Top
        flows={flows.map(({ name }) => name)}
        onFound={(of, found) => {
          go({ flow: of, id: found, only: 'newest' });
          toMain();
        }}
      />
      <Side {...{ route, go, flows, listed, now }} />
      <main id="main" tabIndex={-1}>
        {flow !== undefined && id !== undefined ? (
          <Chosen {...{ route, go, flow, id }} />
        ) : (
          <Overview {...{ route, go, flows, now }} listed={listed.value} />
        )}
      </main>
      <Counters />
    </div>
  );
}

function listOf({ flow, only, state }: Route): string {
  const asked = new URLSearchParams({
    ...(flow !== undefined && { flow }),
    ...(state !== undefined && { state }),
    ...{ only, limit: String(MOST) },
  });
  return `/inspect/api/instances?${asked}`;
}

function Chosen({ route, go, flow, id }: { route: Route; go: Go; flow: string; id: string }) {
  return (
    <Instance
      key={`${flow}/${id}`}
      {...{ flow, id }}
      version={route.version}
      // One step of Back leads out of the past, however far one went in it.
      onVersion={(version) => go({ ...route, version }, route.version === undefined ? undefined : 'replace')}
      onState={(state) => go({ ...route, state: state === route.state ? undefined : state })}
      onClose={() => {
        go({ ...route, id: undefined, version: undefined });
        toMain();
      }}
    />
  );
}
