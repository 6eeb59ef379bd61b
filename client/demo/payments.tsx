import { render } from 'preact';

const place = document.getElementById('page');
if (place) render(<h1>payments</h1>, place);
