/** What the commands have in common: how they end, and how they say that they are still at it. */

/** Asked for something that cannot be: the help is shown. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/**
 * Runs a command to its end. It ends with the status that `main` gives, and with 2 where it could not do what was asked; with the
 * help where it was asked wrongly.
 */
export async function command(help: string, main: (args: string[]) => Promise<number>): Promise<void> {
  // Who reads the output may have had enough of it.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => process.exit(2));
  const args = process.argv.slice(2);
  if (args.includes('--help') || args.includes('-h')) return void process.stdout.write(help);
  try {
    process.exitCode = await main(args);
  } catch (error) {
    const { name, code, message } = error as NodeJS.ErrnoException;
    const usage = name === 'UsageError' || String(code).startsWith('ERR_PARSE_ARGS');
    process.stderr.write(`${withRemedy(message)}\n${usage ? `\n${help}` : ''}`);
    process.exitCode = 2;
  }
}

const remedies: { [error: string]: string } = {
  ResourceNotFoundException:
    'There is no such table in this region. The stack names it (FlowsTable, UsersTable); set AWS_REGION.',
  AccessDenied: 'These credentials may not do that.',
  CredentialsProviderError: 'No credentials were found.',
  ExpiredToken: 'The credentials have expired.',
  UnrecognizedClientException: 'The credentials are not valid there.',
  InvalidClientTokenId: 'The credentials are not valid there.',
};

/** What a person can do about an error of AWS, of which only the name is told. Some services end it in `Exception`. */
export function withRemedy(message: string): string {
  if (!/^(DynamoDB|CloudFormation) failed/.test(message)) return message;
  const known = Object.keys(remedies).find((error) => message.includes(error));
  return `${message}. ${known ? remedies[known] : 'Check AWS_REGION, AWS_ENDPOINT_URL and the credentials.'}`;
}

export const say = (line: string): void => void process.stdout.write(`${line}\n`);

const EVERY_MS = 3_000;

/** A line on stderr every few seconds, so that a short run is silent. */
export function progress(what: string): (done: number) => void {
  let said = performance.now();
  return (done) => {
    if (performance.now() - said < EVERY_MS) return;
    said = performance.now();
    process.stderr.write(`… ${done} ${what}\n`);
  };
}

/** `1 instance`, `2 instances`. */
export const many = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;
