/** The phone of the embedded world: every SMS that was sent, as it comes. */
import { useAsked } from './asked.ts';
import { codeIn, type Message, newestFirst } from './messages.ts';

/** @param onCode hears of a code that is to be filled in. */
export function Phone({ said, onCode }: { said: string | undefined; onCode(code: string): void }) {
  const { value } = useAsked<{ messages: Message[] }>('/dev/sms', 'mfa-login');
  const messages = newestFirst(value?.messages ?? []);
  return (
    <section class="phone" aria-labelledby="phone-title">
      <h2 id="phone-title">The phone</h2>
      <ol class="messages" aria-live="polite">
        {messages.length === 0 && <li class="empty">No SMS yet. Sign in, and one comes.</li>}
        {messages.map(({ to, body, sentAt, effectId }, index) => (
          <li key={`${effectId} ${sentAt}`} class="message">
            <p>{body}</p>
            <p class="message-foot">
              <span>
                to {to}, <time dateTime={sentAt}>{new Date(sentAt).toLocaleTimeString('en-GB')}</time>
              </span>
              {index === 0 && codeIn(body) && (
                <button type="button" class="small" onClick={() => onCode(codeIn(body) ?? '')}>
                  Fill in the code
                </button>
              )}
            </p>
          </li>
        ))}
      </ol>
      <p role="status" class="said">
        {said}
      </p>
    </section>
  );
}
