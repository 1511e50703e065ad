// Why a call ended, in words.

import type { CallEndReason } from '../client/calling';

export interface Words {
  title: string;
  detail: string;
}

// By subcode where it says more than the code; the first that fits.
const bySubCode: Record<string, Words> = {
  '0/4097': { title: 'The call was ended for everyone', detail: 'Somebody in the call closed it for all.' },
  '0/4521': { title: 'The other side vanished', detail: 'Their connection broke without a goodbye.' },
  '0/5000': { title: 'You were removed', detail: 'Somebody in the call removed you.' },
  '0/5300': { title: 'You were removed', detail: 'Somebody in the call removed you.' },
  '0/7000': { title: 'The call was ended by the bot', detail: 'It had nothing more to say, or you asked it to stop.' },
  '0/8528': { title: 'The call is over', detail: 'Nobody was left in it, or it reached its longest duration.' },
  '0/560000': { title: 'They hung up', detail: 'The phone on the other side ended the call.' },
  '487/10003': { title: 'Answered elsewhere', detail: 'The call was taken on another device.' },
  '487/10004': { title: 'No answer', detail: 'It rang for a while, but nobody picked up.' },
  '480/8544': { title: 'Cannot be reached', detail: 'There is no way from here to that number.' },
  '0/5317': { title: 'You were removed from the room', detail: 'You are not on its list any more, or the room is gone.' },
  '403/5828': { title: 'You are not invited', detail: 'Only those on the list of this room may enter it.' },
  '403/5829': { title: 'The room is not open', detail: 'It may be used only between its first and its last day.' },
  '403/5830': { title: 'Not allowed', detail: 'This room is for users of this server only.' },
  '404/8522': { title: 'Not found', detail: 'There is no such person, bot, room or call.' },
  '404/8561': { title: 'There is no such meeting', detail: 'Look at the link, or the id and its passcode, again.' },
  '405/8520': { title: 'There are no rooms here', detail: 'This server has groups only.' },
  '408/4506': { title: 'Nobody let you in', detail: 'You waited in the lobby for as long as the server allows.' },
  '400/40613': { title: 'No access to the microphone', detail: 'Allow this page to use it in your browser, then call again.' },
  '500/40614': { title: 'The microphone could not be opened', detail: 'It may be unplugged, or in use by another program.' },
};

const byCode: Record<number, Words> = {
  0: { title: 'Call ended', detail: 'The conversation is over.' },
  400: { title: 'The call was refused', detail: 'The server did not understand what was asked of it.' },
  401: { title: 'You are not signed in any more', detail: 'Your access token has expired or been withdrawn.' },
  403: { title: 'Not allowed', detail: 'You may not make or join this call.' },
  404: { title: 'Not found', detail: 'There is no such person, bot or call.' },
  408: { title: 'It took too long', detail: 'The connection could not be set up in time.' },
  410: { title: 'Connection lost', detail: 'The network failed and did not come back in time.' },
  429: { title: 'Too many attempts', detail: 'Wait a moment, then try again.' },
  480: { title: 'Not available', detail: 'Nobody is signed in under that name right now.' },
  486: { title: 'Busy', detail: 'They are in another call.' },
  487: { title: 'Cancelled', detail: 'The call ended before it was answered.' },
  500: { title: 'Something went wrong', detail: 'The server could not go on with this call.' },
  503: { title: 'The server is going down', detail: 'Try again in a moment.' },
  603: { title: 'Declined', detail: 'They do not want to take the call now.' },
};

/** What is said to the user, whatever the server gave as the reason. */
export function inWords(reason: CallEndReason | undefined): Words {
  const { code, subCode } = reason ?? { code: 0, subCode: 0 };
  return (
    bySubCode[`${code}/${subCode ?? 0}`] ??
    byCode[code] ?? { title: 'Call ended', detail: reason?.message ?? 'The server gave a reason that has no words.' }
  );
}
