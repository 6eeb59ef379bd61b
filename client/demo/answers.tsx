/** Everything that was pressed, with what the API answered; the newest first. */
import { type AnswerLine, answerText, type Sent, statusText, toneOf } from './answers.ts';

interface AnswersProps {
  lines: readonly AnswerLine[];
  onAgain(sent: Sent): void;
}

/** @returns what those who do not see it are told: what did not change the state, for a change is told elsewhere. */
function Told({ lines }: Pick<AnswersProps, 'lines'>) {
  const newest = lines.find(({ answer }) => answer);
  return (
    <p role="status" class="hidden">
      {newest?.answer && newest.answer.kind !== 'done' && `${newest.sent.action}: ${answerText(newest)}`}
    </p>
  );
}

export function Answers({ lines, onAgain }: AnswersProps) {
  return (
    <section aria-labelledby="answers-title">
      <h3 id="answers-title">What the API answered</h3>
      {lines.length === 0 && <p class="quiet">Nothing yet. Press any event: what does not fit is refused.</p>}
      <Told lines={lines} />
      <ol class="answers" reversed>
        {lines.map((line) => (
          <li key={line.n} class={`answer answer-${toneOf(line)}`} data-answer={line.sent.action}>
            <p>
              <b>{line.sent.action}</b> <code class="status">{statusText(line)}</code>
              {line.again && <span class="quiet"> same key</span>}
            </p>
            <p class="quiet">{answerText(line)}</p>
            <button type="button" class="small" onClick={() => onAgain(line.sent)}>
              Again<span class="hidden"> {line.sent.action}</span>, under the same key
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
