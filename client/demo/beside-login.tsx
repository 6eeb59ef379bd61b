/** Beside the login page: what can be tried here, the phone, and what can be broken. */
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import './demo.css';
import './beside-login.css';
import { loginExperiments } from './experiments.ts';
import { Experiments } from './experiments.tsx';
import { fillIn } from './fill-in.ts';
import { Navigation } from './page.tsx';
import { Phone } from './phone.tsx';
import { REFRESH, useWorld } from './use-world.ts';
import { FoldedWatch } from './watch.tsx';
import { WorldPanel } from './world.tsx';

/** How the login page tells which login it shows. */
const INSTANCE = 'detent:instance';

/** Of a fresh data folder. */
const demoUser = { username: 'demo', password: 'correct-horse-battery' };

function BesideLogin() {
  const world = useWorld();
  const id = useLoginId();
  const [missing, miss] = useState<'user' | 'code'>();
  // Another login, or none: other fields.
  useEffect(() => miss(undefined), [id]);
  const fill = () => {
    fillIn('current-password', demoUser.password);
    miss(fillIn('username', demoUser.username) ? undefined : 'user');
  };
  const fillCode = (code: string) => miss(fillIn('one-time-code', code) ? undefined : 'code');
  return (
    <div class="beside">
      <Navigation current="Login" />
      <div class="beside-part">
        <section class="card" aria-labelledby="try-title">
          <h2 id="try-title">Try it</h2>
          <p>
            Detent runs this login, a <a href="/demo/payments">payment</a> and an{' '}
            <a href="/demo/shop">order</a> as durable state machines. Sign in: the code comes to the phone
            below. Break the world on the way, or kill Detent itself, and see here or in the{' '}
            <a href="/inspect">inspector</a> how everything goes on where it was.
          </p>
          <p class="user">
            <span>
              User <code>{demoUser.username}</code>, password <code>{demoUser.password}</code>
            </span>
            <button type="button" class="small" onClick={fill}>
              Fill in
            </button>
          </p>
          <p role="status" class="said">
            {missing === 'user' && 'The login is past that: there is no field for it now.'}
          </p>
        </section>
        <Phone
          said={missing === 'code' ? 'Sign in first: there is no field for it now.' : undefined}
          onCode={fillCode}
        />
      </div>
      <div class="beside-part">
        <WorldPanel world={world} first={['sms', 'signing']} />
        <Experiments list={loginExperiments} world={world} />
      </div>
      <FoldedWatch flow="mfa-login" id={id} hint="Sign in, and the way of your login is drawn here." />
    </div>
  );
}

/** The login that the page shows. */
function useLoginId(): string | undefined {
  const [id, set] = useState<string>();
  useEffect(() => {
    const hear = (event: Event) => {
      const { detail } = event as CustomEvent<{ flow: string; id: string } | undefined>;
      set(detail?.id);
    };
    window.addEventListener(INSTANCE, hear);
    // It may have told before anybody listened.
    window.dispatchEvent(new Event(REFRESH));
    return () => window.removeEventListener(INSTANCE, hear);
  }, []);
  return id;
}

const place = document.getElementById('beside');
if (place) render(<BesideLogin />, place);
