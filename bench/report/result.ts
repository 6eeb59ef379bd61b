/** What the parts of the benchmark give, and what they are given. */

/** One measured or counted figure. */
export interface Result {
  /** Dotted, from the part down: `engine.logins.c64`. Unique in a run. */
  name: string;
  value: number;
  /** `/s`, `ms`, `µs`, `count`, `bytes`, … */
  unit: string;
  /** What was measured beside it, in the same unit. */
  limit?: number;
  /** `value / limit`, unless the part says otherwise. */
  ratio?: number;
}

/** What a part may use while it measures. */
export interface Bench {
  /** Makes an empty folder of its own. @returns its path; it is removed when the run ends. */
  folder(): string;
  /** Says on stderr what is being done. */
  progress(text: string): void;
  /** Whether the run is to be short: fewer rounds, the same names. */
  quick: boolean;
}

/** One part of the benchmark. It throws where counted work differs from what it must be; missed times it only reports. */
export interface Part {
  /** As `--part` takes it: `engine`. */
  name: string;
  title: string;
  /** Whether a short run of it is worth while: `--quick` alone runs parts 1 and 5, `--quick --part NAME` any. */
  quick?: boolean;
  measure(bench: Bench): Promise<Result[]>;
}
