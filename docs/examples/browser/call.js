// call signs a page in with a user access token and calls somebody, by the raw id.
// What becomes of the call is given to tell. It returns the call, and how to sign out.
import { AzureCommunicationTokenCredential, CallClient, createIdentifierFromRawId } from '/client/calling.js';

export async function call(rawId, { token, displayName, tell }) {
  const credential = new AzureCommunicationTokenCredential(token);
  const agent = await new CallClient().createCallAgent(credential, { displayName });
  const call = agent.startCall([createIdentifierFromRawId(rawId)]);
  call.on('stateChanged', () => tell(call.state, call.callEndReason));
  return { call, signOut: () => agent.dispose() };
}
