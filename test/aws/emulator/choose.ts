/** Which emulator of AWS is to be had here. */
import { spawnSync } from 'node:child_process';

/**
 * - `given`: somebody else started it; AWS_ENDPOINT_URL tells where.
 * - `localstack`: Docker and a token for it.
 * - `ministack`: from PyPI, in a virtual environment of ours.
 * - `ministack-image`: the same as a container, where there is Docker and no Python.
 */
export type Choice =
  | { kind: 'given'; endpoint: string }
  | { kind: 'localstack' }
  | { kind: 'ministack'; python: string }
  | { kind: 'ministack-image' };

/** What a choice depends on. */
export interface Surroundings {
  environment: { readonly [name: string]: string | undefined };
  /** Runs a command and returns what it printed; undefined where it is missing or fails. */
  run(command: string, args: string[]): string | undefined;
}

/** MiniStack 1.5 asks for Python 3.10. */
const PYTHON = [3, 10] as const;

const hasDocker = ({ run }: Surroundings): boolean => run('docker', ['info']) !== undefined;

/** @returns the name of a Python that is new enough and can make virtual environments. */
function pythonOf({ run }: Surroundings): string | undefined {
  return ['python3', 'python'].find((name) => {
    const said = run(name, ['-c', 'import sys, venv, ensurepip; print(*sys.version_info[:2])']);
    const [major = 0, minor = 0] = (said ?? '').trim().split(' ').map(Number);
    return major === PYTHON[0] && minor >= PYTHON[1];
  });
}

/** @throws Error that says what to install, where nothing is to be had. */
export function choose(here: Surroundings): Choice {
  const { AWS_ENDPOINT_URL: endpoint, LOCALSTACK_AUTH_TOKEN: token } = here.environment;
  if (endpoint) return { kind: 'given', endpoint };
  if (token && hasDocker(here)) return { kind: 'localstack' };
  const python = pythonOf(here);
  if (python) return { kind: 'ministack', python };
  if (hasDocker(here)) return { kind: 'ministack-image' };
  throw new Error(
    `An emulator of AWS needs python3 ${PYTHON.join('.')} or later with venv (on Debian: apt install python3-venv), or a running Docker. ` +
      'Install one of them, or set AWS_ENDPOINT_URL to an emulator that runs already.',
  );
}

/** This machine. */
export const surroundings: Surroundings = {
  environment: process.env,
  run(command, args) {
    const { status, stdout } = spawnSync(command, args, { encoding: 'utf8', timeout: 20_000 });
    return status === 0 ? stdout : undefined;
  },
};
