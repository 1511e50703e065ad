// A phone made of the public calling API, for tests to press.
window.phone = (() => {
  const phone = { calls: [], ended: [] };
  const waiting = new Set();
  const settle = () => waiting.forEach((look) => look());

  // until resolves with what look gives once that is something.
  phone.until = (what, look) =>
    new Promise((resolve, reject) => {
      const give = (f, v) => {
        waiting.delete(again);
        clearTimeout(late);
        f(v);
      };
      const again = () => {
        const v = look();
        if (v) give(resolve, v);
      };
      const late = setTimeout(() => give(reject, new Error(`still waiting: ${what}; ${phone.describe()}`)), 20000);
      waiting.add(again);
      again();
    });

  phone.describe = () =>
    phone.calls.map((c) => `call ${c.state} ${JSON.stringify(c.callEndReason ?? {})}`).join(', ') || 'no call';

  const follow = (call) => {
    phone.calls.push(call);
    const changed = () => {
      ears.mark(call.state);
      settle();
    };
    for (const event of ['stateChanged', 'isMutedChanged', 'mutedByOthers', 'remoteParticipantsUpdated']) {
      call.on(event, changed);
    }
    changed();
  };

  phone.signIn = async (displayName) => {
    phone.api = await import('/client/calling.js');
    const { CallClient, AzureCommunicationTokenCredential } = phone.api;
    const answer = await fetch('/dev/token', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ displayName }),
    });
    const { token, userId } = await answer.json();
    phone.agent = await new CallClient().createCallAgent(new AzureCommunicationTokenCredential(token), { displayName });
    phone.agent.on('callsUpdated', ({ added }) => added.forEach(follow));
    phone.agent.on('incomingCall', ({ incomingCall }) => {
      phone.incoming = incomingCall;
      settle();
    });
    return userId;
  };

  phone.start = (rawId) => phone.agent.startCall([phone.api.createIdentifierFromRawId(rawId)]);
  phone.others = () => phone.call().remoteParticipants.map((p) => phone.api.getIdentifierRawId(p.identifier));

  phone.accept = async () => {
    const incoming = await phone.until('a call comes in', () => phone.incoming);
    phone.incoming = undefined;
    await incoming.accept();
  };

  // The last call is the one that is talked about.
  phone.call = () => phone.calls.at(-1);
  phone.state = (state) => phone.until(state, () => phone.call()?.state === state);
  return phone;
})();
