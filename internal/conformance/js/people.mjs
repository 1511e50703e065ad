// Those on the other side, who do what they are asked for at the test's door.

/** Asks at the door. */
async function ask(method, url, body = {}) {
  const answer = await fetch(url, { method, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${new URL(url).pathname}: ${(await answer.text()).trim()}`);
  return answer.json();
}

/** Somebody with a telephone. */
export class Person {
  constructor(door, name, id) {
    Object.assign(this, { name, id, url: `${door}/people/${name}` });
  }

  /** Puts a telephone on the desk of a user, or of a phone number. */
  static async hire(door, name, identifier) {
    const id = identifier.communicationUserId ?? `4:${identifier.phoneNumber}`;
    const person = new Person(door, name, id);
    person.identifier = identifier;
    await ask('PUT', person.url, { id });
    return person;
  }

  #does = (act, how) => ask('POST', `${this.url}/${act}`, how);

  /** Waits until the telephone rings; resolves to {from, name, custom}. */
  rings = () => this.#does('rings');
  /** Accepts what rings; with keyless by a telephone that takes no keys. */
  accepts = (how) => this.#does('accept', how);
  declines = (how) => this.#does('decline', how);
  /** Waits until the telephone rings no more; resolves to why. */
  misses = () => this.#does('missed');
  calls = (...people) => this.#does('call', { to: people });
  /** Calls by a line on which no sound ever flows. */
  callsInVain = (...people) => this.#does('call', { to: people, dead: true });
  /** Joins a group or a room, which is made for it if it is the first. */
  joins = (where) => this.#does('join', where);
  presses = (...tones) => this.#does('press', { tones });
  /** Speaks a text to its end. */
  says = (text) => this.#does('say', { text });
  /** Says a tone for a while. */
  sounds = (hertz, milliseconds) => this.#does('say', { hertz, milliseconds });
  /** Waits until a tone is heard, or without one anything. */
  hears = (hertz = 0) => this.#does('hears', { hertz });
  hearsNothing = () => this.#does('hears', { silence: true });
  /** The keys that were sent to this person. */
  wasPressed = () => this.#does('pressed');
  hangsUp = () => this.#does('hangup');
  /** Waits until the call has ended; resolves to why. */
  ended = () => this.#does('ended');
  /** Waits until somebody else has muted this person. */
  isMuted = () => this.#does('muted');
  /** Waits until exactly those are in the call; some may be on hold. */
  sees = (people, held = []) => this.#does('sees', { with: people, held });
}

/** A token of the company for one of its people; with an audience for that, not for
 * the application. */
export const login = async (door, who) => (await ask('POST', `${door}/company/login`, who)).token;
