import { render } from 'preact';

const place = document.getElementById('login');
if (place) render(<h1>Sign in</h1>, place);
