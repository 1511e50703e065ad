// The softphone. Tests find its controls by these data-testid values:
//
//   first screen   name-input, continue-button, token-input, use-token-button,
//                  sign-in-error
//   who I am       own-name, own-id, copy-id-button, connection-state (its
//                  data-state is Connected or Disconnected), sign-out-button
//   calling        bot-echo, bot-menu, bot-echo123 (buttons); person-input,
//                  call-person-button, person-error; group-input,
//                  passcode-input, join-group-button, group-error; on a development server
//                  also name-to-call-input, call-name-button
//   incoming       incoming-call (role alertdialog), incoming-caller,
//                  accept-button, decline-button
//   in a call      call-view, call-title, call-state (data-state is Call.state),
//                  call-timer; mute-button and hold-button (aria-pressed), keypad-button,
//                  sound-button, add-button (aria-expanded); hangup-button,
//                  end-for-all-button (groups); call-notice
//   who is in it   people (list), person (each; data-id, data-state, data-role,
//                  data-speaking, data-muted), mute-person, remove-person,
//                  return-person
//   the lobby      waiting (for who is in it); lobby (list), lobby-person (each;
//                  data-id), admit-person, refuse-person, admit-all-button
//   keypad         keypad, key-0 … key-9, key-star, key-pound, digits
//   adding         add-input, add-confirm-button
//   sound          microphone-select, speaker-select, microphone-level (role
//                  meter), test-microphone-button
//   quality        quality (data-quality is unknown, good, fair or poor)
//   afterwards     ended-view, end-reason, end-code, call-again-button,
//                  done-button

import { CallView } from './call_view';
import { EndedView } from './ended';
import { Home } from './home';
import { IncomingSheet } from './incoming';
import { call, ended, incoming, me } from './session';
import { SignIn } from './sign_in';

export function App() {
  return (
    <>
      <Screen />
      {incoming.value && <IncomingSheet key={incoming.value.id} incoming={incoming.value} />}
    </>
  );
}

function Screen() {
  if (!me.value) return <SignIn />;
  if (call.value) return <CallView key={call.value.call.id} model={call.value} />;
  if (ended.value) return <EndedView ended={ended.value} />;
  return <Home />;
}
