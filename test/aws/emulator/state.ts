import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stateFile } from './paths.ts';

/** What `up` started, for `down` and for the tests. */
export interface State {
  kind: 'given' | 'localstack' | 'ministack' | 'ministack-image';
  endpoint: string;
  /** Of the emulator's process, where it is one. */
  pid?: number;
}

export function readState(): State | undefined {
  try {
    return JSON.parse(readFileSync(stateFile, 'utf8')) as State;
  } catch {
    return undefined;
  }
}

export const writeState = (state: State): void => writeFileSync(stateFile, JSON.stringify(state));
export const forgetState = (): void => rmSync(stateFile, { force: true });
