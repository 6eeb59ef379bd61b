/** Ties the login to its window: what happens there, time, and the history. */
import { apiNowAtMost } from '../common/api.ts';
import type { Login } from './login.ts';
import type { Step } from './view.ts';
import { deadlineOf, pauseMs } from './watch.ts';

/** Asks how the login stands when its window comes to the front, when the connection is back, and now and then. */
export function followTime(login: Login): void {
  let last = performance.now();
  let late = 0;
  let isFirst = false;
  let deadline: string | undefined;
  const refresh = () => {
    last = performance.now();
    isFirst = false;
    void login.refresh();
  };
  setInterval(() => {
    const [shown, now] = [login.shown(), apiNowAtMost()];
    if (document.hidden || shown.busy) return;
    if (deadlineOf(shown) !== deadline) late = 0;
    deadline = deadlineOf(shown);
    if (performance.now() - last < pauseMs(shown, now, { late, isFirst })) return;
    if (deadline !== undefined && Date.parse(deadline) <= now) late++;
    refresh();
  }, 250);
  login.listen(({ busy }) => {
    if (!busy) return;
    last = performance.now();
    isFirst = true;
  });
  for (const event of ['focus', 'online', 'pageshow', 'detent:refresh'])
    window.addEventListener(event, refresh);
  document.addEventListener('visibilitychange', () => document.hidden || refresh());
}

/** An entry of the history: at which form, and whether the other one lies under it. */
interface Entry {
  step: Step;
  under?: boolean;
}

const entry = (): Entry | undefined => history.state?.login;
const state = (login: Entry) => ({ ...history.state, login });

/** At which form the user was, before a reload perhaps. */
export function stepHere(otherwise: Step): Step {
  const step = entry()?.step ?? otherwise;
  history.replaceState(state({ ...entry(), step }), '');
  return step;
}

/** Back from the code leads to the password, and forward to the code. No address changes: an id in it would be shared or logged. */
export function followHistory(login: Login): void {
  login.listen(({ step }) => {
    const here = entry();
    if (step === here?.step) return;
    if (step === 'code') history.pushState(state({ step, under: true }), '');
    else if (here?.under) history.back();
    else history.pushState(state({ step }), '');
  });
  window.addEventListener('popstate', () => {
    const here = entry();
    if (here) login.goTo(here.step);
  });
}
