import { render } from 'preact';
import '../common/base.css';
import './login.css';
import { ask, newKey } from '../common/api.ts';
import { followHistory, followTime, stepHere } from './follow.ts';
import { createLogin } from './login.ts';
import { LoginPage } from './login-page.tsx';
import { keeper } from './resume.ts';

const kept = keeper(() => sessionStorage);
const login = createLogin(
  { ask, newKey, keeper: kept },
  stepHere(kept.kept().login ? 'code' : 'password'),
  (id) => window.dispatchEvent(new CustomEvent('detent:instance', { detail: { flow: 'mfa-login', id } })),
);
followHistory(login);
followTime(login);
void login.refresh();

const page = document.getElementById('page');
page?.replaceChildren();
if (page) render(<LoginPage login={login} />, page);
