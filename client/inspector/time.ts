/** Pure: instants and spans as people read them. */

const units: [name: string, ms: number][] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
];

/** A span in at most two units, such as `4 min 12 s`; below ten seconds with a tenth, below one in ms. */
export function spanOf(ms: number): string {
  const span = Math.max(0, ms);
  if (span < 1_000) return `${Math.floor(span)} ms`;
  if (span < 10_000) return `${Math.floor(span / 100) / 10} s`;
  return wholeSpanOf(span);
}

/** A span that ticks: whole seconds at the least. */
export function wholeSpanOf(ms: number): string {
  const span = Math.max(0, ms);
  const largest = units.findIndex(([, one]) => span >= one);
  const [first, second] = largest < 0 ? units.slice(-1) : units.slice(largest, largest + 2);
  if (!first) return '0 s';
  const count = Math.floor(span / first[1]);
  const rest = second ? Math.floor((span % first[1]) / second[1]) : 0;
  return [`${count} ${first[0]}`, ...(second && rest > 0 ? [`${rest} ${second[0]}`] : [])].join(' ');
}

/** How long ago something was, in one unit: `now`, `12 s`, `3 h`. */
export function ageOf(at: string, now: number): string {
  const span = now - Date.parse(at);
  const unit = units.find(([, one]) => span >= one);
  return unit ? `${Math.floor(span / unit[1])} ${unit[0]}` : 'now';
}

const two = (count: number) => String(count).padStart(2, '0');

const dateOf = (at: Date) => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;

/** The time of an instant where the reader is, to the second, with its date where that is not today's (of `now`, in ms). */
export function clockOf(iso: string, now: number): string {
  const at = new Date(iso);
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':');
  return dateOf(at) === dateOf(new Date(now)) ? time : `${dateOf(at)} ${time}`;
}

/** What is left until an instant, or how long it has been over. */
export function countdownOf(iso: string, now: number): { passed: boolean; text: string } {
  const left = Date.parse(iso) - now;
  return left > 0
    ? { passed: false, text: `in ${wholeSpanOf(left)}` }
    : { passed: true, text: `for ${wholeSpanOf(-left)}` };
}
