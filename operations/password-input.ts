/** A password from stdin: never from the arguments, which other users of the machine can read. */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';

interface Input extends NodeJS.ReadableStream {
  isTTY?: boolean;
}

/**
 * Piped, it is all that comes, without the newline at the end. At a terminal it is asked for twice and not shown.
 *
 * @throws Error where the two differ, or the terminal ends.
 */
export async function readPassword(
  input: Input = process.stdin,
  prompt: (question: string) => void = (question) => void process.stderr.write(question),
): Promise<string> {
  if (!input.isTTY) return (await text(input)).replace(/\r?\n$/, '');
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input, output: silent, terminal: true });
  try {
    const ask = async (question: string) => {
      prompt(question);
      const ended = new Promise<never>((_resolve, reject) =>
        terminal.once('close', () => reject(new Error('\nNothing was changed.'))),
      );
      const answer = await Promise.race([terminal.question(''), ended]);
      prompt('\n');
      return answer;
    };
    const password = await ask('Password: ');
    const again = Buffer.from(await ask('Again: '));
    if (again.compare(Buffer.from(password)) === 0) return password;
    throw new Error('The two are not the same. Nothing was changed.');
  } finally {
    terminal.close();
  }
}
