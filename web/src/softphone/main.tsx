import { render } from 'preact';
import { App } from './app';
import { call, comeBack } from './session';
import './styles/base.css';
import './styles/parts.css';
import './styles/home.css';
import './styles/call.css';
import './styles/lobby.css';
import './styles/call_small.css';

const root = document.getElementById('app');
if (root) void comeBack().then(() => render(<App />, root));

// Whoever closes the page hangs up; the others need not find out by themselves.
addEventListener('pagehide', () => void call.value?.call.hangUp());
