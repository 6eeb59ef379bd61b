import type { Signal } from '../core/ports.ts';

/** What a person at the terminal should hear of; the rest is normal work. */
const worthTelling = new Set<Signal['type']>(['failure', 'unavailable', 'alarm', 'forged']);

/** One JSON line on standard error for what went wrong. Signals carry no personal data. */
export function logSignal(signal: Signal): void {
  const failedEffect = signal.type === 'effect' && ['failed', 'unknown', 'expired'].includes(signal.status);
  if (!worthTelling.has(signal.type) && !failedEffect) return;
  process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), ...signal })}\n`);
}
