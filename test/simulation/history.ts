/** The history of an instance, for people. */
import { bookkeepingOf, entryItemOf } from '../../core/bookkeeping.ts';
import { recordOf } from '../../core/persistence.ts';
import type { Write } from '../../core/types.ts';
import type { Run } from './run.ts';
import type { Happened } from './world/trace.ts';

/** One line for all that happened to an instance, and to the processes that had to do with it. */
export function historyOf({ around }: Run, flowId: string): string[] {
  const about = around.trace.all.filter((one) => concerns(one, flowId));
  const processes = new Set(about.flatMap((one) => ('process' in one ? [one.process] : [])));
  return around.trace.all.flatMap((one) => {
    const lives = livesOf(one, processes);
    const line = concerns(one, flowId) || lives || one.what === 'calm' ? describe(one, flowId) : undefined;
    const time = new Date(one.at).toISOString().slice(11, 23);
    return line === undefined ? [] : [`${String(one.step).padStart(6)}  ${time}  ${line}`];
  });
}

/** With whom most of the latest happenings had to do. */
export function busiest({ around }: Run): string | undefined {
  const ids = [...new Set(around.trace.of('asked').map(({ flowId }) => flowId))];
  const latest = around.trace.all.slice(-1_000);
  const busy = ids.map((id) => ({ id, times: latest.filter((one) => concerns(one, id)).length }));
  return busy.filter(({ times }) => times > 0).sort((one, other) => other.times - one.times)[0]?.id;
}

/** Starts, ends and freezes of the processes that had to do with an instance. */
const livesOf = (one: Happened, processes: Set<string>): boolean =>
  (one.what === 'crashed' || one.what === 'started' || (one.what === 'fault' && one.kind === 'freeze')) &&
  processes.has(one.process);

function concerns(one: Happened, flowId: string): boolean {
  switch (one.what) {
    case 'asked':
    case 'answered':
    case 'resolved':
    case 'performed':
    case 'outside':
    case 'threw':
      return one.flowId === flowId;
    case 'committed':
      return one.writes.some(({ key }) => key.pk.endsWith(`#${flowId}`));
    case 'signal':
      return JSON.stringify(one.signal).includes(flowId);
    case 'fault':
      return one.subject.includes(flowId);
    default:
      return false;
  }
}

function describe(one: Happened, flowId: string): string | undefined {
  switch (one.what) {
    case 'asked':
      return `${one.process} is asked: ${one.event.type} ${one.event.id} ${JSON.stringify(one.event.payload)}`;
    case 'answered': {
      const { answer } = one;
      if (answer === 'broken') return `no answer to ${one.event.id}`;
      const more = 'outcome' in answer ? ` ${answer.outcome}, version ${answer.version}` : '';
      const reason = 'reason' in answer ? ` ${answer.reason}` : '';
      const again = 'replayed' in answer && answer.replayed ? ' (again)' : '';
      return `answer to ${one.event.id}: ${answer.status}${reason}${more}${again}`;
    }
    case 'threw':
      return `${one.event.id} ended in an ERROR: ${one.error}`;
    case 'resolved': {
      const { output } = one;
      const what = 'state' in output ? `→ ${output.state}` : JSON.stringify(output);
      return `  the definition: ${one.event.type} on version ${one.version} ${what}`;
    }
    case 'committed':
      return `  ${one.process} commits ${one.writes.map((write) => written(write, flowId)).join(', ')}`;
    case 'performed':
      return `${one.process} performs ${one.effectId}${one.answered ? '' : ', and gets no answer'}`;
    case 'outside':
      return `${one.who}: ${one.does} ${JSON.stringify(one.detail)}`;
    case 'fault':
      return `  FAULT ${one.kind} at ${one.process}`;
    case 'crashed':
      return `CRASH of ${one.process} at ${one.detail}`;
    case 'started':
      return `${one.process} starts`;
    case 'calm':
      return 'From here on nothing goes wrong, and nobody asks for anything new.';
    case 'signal':
      return one.signal.type === 'delivered' || one.signal.type === 'effect'
        ? undefined
        : `  ${one.process}: ${JSON.stringify(one.signal)}`;
    default:
      return undefined;
  }
}

function written(write: Write, flowId: string): string {
  const { key, op } = write;
  if (op !== 'put' || key.table !== 'flows' || !key.pk.endsWith(`#${flowId}`)) return `${op} ${key.table}`;
  if (key.sk === 'record') {
    const { version, trail, state, deferred, deadline = 'none' } = recordOf(write.item);
    const last = trail.at(-1);
    const queue = deferred.length > 0 ? `, ${deferred.length} deferred` : '';
    return `version ${version}: ${last?.from} → ${state} by ${last?.type}${queue}, deadline ${deadline.slice(11, 19)}`;
  }
  const entry = entryItemOf(write.item);
  const effects = entry.effects.map((effect) => {
    const { status, attempt } = bookkeepingOf(entry, effect);
    return `${effect.kind} ${status}${attempt > 0 ? ` (${attempt})` : ''}`;
  });
  return `entry ${entry.version} [${effects.join(', ')}]`;
}
