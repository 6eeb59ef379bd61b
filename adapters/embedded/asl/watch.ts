import type { Json } from '../../../core/types.ts';

/** Who looks on at a run: tests, to see which ways through a definition were taken. */
export interface Watch {
  entered(state: string, input: Json): void;
  retried(state: string, errorEquals: readonly string[], error: unknown): void;
  caught(state: string, errorEquals: readonly string[], error: unknown, next: string): void;
}
