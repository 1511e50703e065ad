import { render } from 'preact';
import { App } from './app';
import './styles/base.css';
import './styles/parts.css';
import './styles/home.css';
import './styles/call.css';
import './styles/call_small.css';

const root = document.getElementById('app');
if (root) render(<App />, root);
