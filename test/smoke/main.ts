/** `npm run smoke -- <url>`: is the API at this address up, and does it behave? */
import { parseArgs } from 'node:util';
import type { Credentials } from './checks.ts';
import { smoke } from './smoke.ts';

const HELP = `Checks an API of Detent from outside, deployed or local.

  npm run smoke -- URL        the address: https://….amazonaws.com/ or http://localhost:3000
      --wait SECONDS          how long a new deployment may take until it answers (default 60)

With SMOKE_USERNAME and SMOKE_PASSWORD in the environment it also begins a login of that user, which sends
one SMS, and cancels it. Empty variables count as none.

Prints one line for each check, and a summary last. The exit status is 0 where all is well, 1 where a check
failed, 2 where it cannot do what is asked.
`;

/** The end, with a sentence. */
function quit(message: string): never {
  process.stderr.write(`${message}\n\n${HELP}`);
  process.exit(2);
}

function given() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { wait: { type: 'string', default: '60' }, help: { type: 'boolean', short: 'h' } },
    });
  } catch (error) {
    return quit((error as Error).message);
  }
}

function address(positionals: string[]): URL {
  const [text, ...more] = positionals;
  if (text === undefined) return quit('The address of the API is missing.');
  if (more.length > 0) return quit('One address only.');
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) {
    return quit('The address must begin with http:// or https://, and be whole.');
  }
  if (url.username || url.password || url.search || url.hash) {
    return quit('The address must have neither a user, nor a query, nor a fragment.');
  }
  return url;
}

function seconds(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  return quit(`--wait must be a whole number of seconds from 0 to 9999, not ${text}.`);
}

function credentialsFrom(environment: NodeJS.ProcessEnv): Credentials | undefined {
  const { SMOKE_USERNAME: username, SMOKE_PASSWORD: password } = environment;
  if (username && password) return { username, password };
  if (username || password) return quit('SMOKE_USERNAME and SMOKE_PASSWORD go together: one is missing.');
  return undefined;
}

const { values, positionals } = given();
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const failed = await smoke({
  url: address(positionals),
  credentials: credentialsFrom(process.env),
  patienceMs: seconds(values.wait) * 1000,
  print: (line) => process.stdout.write(`${line}\n`),
});
process.exitCode = failed === 0 ? 0 : 1;
