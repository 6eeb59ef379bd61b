/** Where the emulator's things lie in the checkout: nothing of it is committed. */
import { fileURLToPath } from 'node:url';

const at = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

export const root = at('.');
export const binaries = at('node_modules/.bin');
export const requirements = at('test/aws/requirements.txt');
export const localstackFile = at('localstack.yml');

/** Everything that `up` leaves behind. */
export const folder = at('.emulator');
export const venv = at('.emulator/venv');
/** Where the emulator puts what it needs for a while. */
export const temporary = at('.emulator/tmp');
export const stateFile = at('.emulator/state.json');
export const outputsFile = at('.emulator/outputs.json');
export const emulatorLog = at('.emulator/emulator.log');
/** What the card gateway of the tests holds. */
export const gatewayFolder = at('.emulator/gateway');
/** What the scenarios on both runtimes came to. */
export const parityReport = at('.emulator/parity-report.md');
