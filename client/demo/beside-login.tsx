import { render } from 'preact';

const place = document.getElementById('beside');
if (place) render(<p>beside</p>, place);
