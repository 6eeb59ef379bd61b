import { render } from 'preact';

const place = document.getElementById('page');
if (place) render(<h1>shop</h1>, place);
