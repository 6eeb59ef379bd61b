/** `npm run aws:up`, `npm run aws:down`, `npm run test:aws`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { bootstrap, deploy, destroy, reachable } from './deploy.ts';
import { awsEnvironment, running, startEmulator, stopEmulator } from './emulator.ts';
import { gatewayFolder, parityReport, root } from './paths.ts';
import { neutral, say, searchPath } from './run.ts';
import { readState } from './state.ts';
import { testApp, testContext } from './test-deployment.ts';

const help = `Usage: node test/aws/emulator/main.ts up | down | test [jest's options]

  up    starts an emulator of AWS, deploys the stack into it, and prints where its API answers
  down  stops it, with all that is in it
  test  up, all tests against it, down

An emulator is: the one at AWS_ENDPOINT_URL; or LocalStack in Docker, with LOCALSTACK_AUTH_TOKEN; or MiniStack, with
python3 or Docker. EMULATOR_PORT (4566) is where it listens.`;

async function up(): Promise<void> {
  const state = await startEmulator();
  await bootstrap(state);
  const made = await deploy(state);
  for (const [stack, { ApiUrl, UsersTable }] of Object.entries(made)) {
    if (ApiUrl === undefined) continue;
    say(`\n${stack} answers at ${reachable(state, ApiUrl)}`);
    say(`Its users are in ${UsersTable}. For tools that speak with the emulator:\n`);
    for (const [name, value] of Object.entries(awsEnvironment(state))) say(`  export ${name}=${value}`);
  }
}

async function down(): Promise<void> {
  const state = readState();
  if (!state) return say('No emulator runs that was started from here.');
  if (state.kind === 'given') await destroy(state);
  await stopEmulator(state);
  say('Stopped.');
}

/** @returns the exit code of the tests. */
async function test(options: string[]): Promise<number> {
  const began = Date.now();
  const other = await running();
  if (other) {
    throw new Error(
      `An emulator runs at ${other.endpoint}; the tests would replace its stack. First: npm run aws:down`,
    );
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => void interrupted());
  const state = await startEmulator();
  try {
    await bootstrap(state);
    // The tests play the card gateway themselves; the functions have to know where.
    const port = await freePort();
    const context = { ...testContext, gatewayUrl: `http://127.0.0.1:${port}` };
    await deploy(state, { app: testApp, context });
    say(`Deployed after ${Math.round((Date.now() - began) / 1000)} s; testing …`);
    for (const left of [gatewayFolder, parityReport]) rmSync(left, { recursive: true, force: true });
    return await jest(options, { ...awsEnvironment(state), GATEWAY_PORT: String(port) });
  } finally {
    if (state.kind === 'given') await destroy(state, testApp);
    await stopEmulator(state);
    say(`Done after ${Math.round((Date.now() - began) / 1000)} s.`);
  }
}

/** One that nobody listens on now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address ? address.port : 0;
}

/** Nothing of ours runs on; the stacks of an emulator that is not ours stay until the next run. */
async function interrupted(): Promise<void> {
  say('Interrupted; stopping the emulator …');
  tests?.kill();
  const state = readState();
  if (state) await stopEmulator(state);
  process.exit(130);
}

let tests: ChildProcess | undefined;

function jest(options: string[], environment: { [name: string]: string }): Promise<number> {
  const child = spawn('jest', ['--config', 'test/aws/jest.config.js', ...options], {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...neutral,
      ...environment,
      PATH: searchPath,
      NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
    },
  });
  tests = child;
  return new Promise((done, fail) => child.on('error', fail).on('close', (code) => done(code ?? 1)));
}

const [command, ...rest] = process.argv.slice(2);
try {
  if (command === 'up') await up();
  else if (command === 'down') await down();
  else if (command === 'test') process.exitCode = await test(rest);
  else {
    say(help);
    process.exitCode = command === 'help' ? 0 : 2;
  }
} catch (error) {
  process.stderr.write(`${Error.isError(error) ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
