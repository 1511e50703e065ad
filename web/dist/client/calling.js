// src/client/api_features.ts
var CaptionsKind = {
	Captions: "Captions",
	TeamsCaptions: "TeamsCaptions"
};
var DiagnosticQuality = {
	Good: 1,
	Poor: 2,
	Bad: 3
};
// src/client/deferred.ts
function deferred() {
	let resolve;
	let reject;
	return {
		promise: new Promise((yes, no) => {
			resolve = yes;
			reject = no;
		}),
		resolve,
		reject
	};
}
// src/client/errors.ts
/** What every promise of this client is rejected with. */
var CommunicationServicesError = class extends Error {
	name = "CommunicationServicesError";
	code;
	subCode;
	constructor(reason, options) {
		super(reason.message ?? `The server answered ${reason.code}/${reason.subCode ?? 0}.`, options);
		this.code = reason.code;
		this.subCode = reason.subCode ?? 0;
	}
};
var problems = {
	connectTimedOut: {
		code: 408,
		subCode: 40104,
		message: "The server did not answer in time."
	},
	requestTimedOut: {
		code: 408,
		subCode: 10057,
		message: "The server did not answer a request in time."
	},
	cannotConnect: {
		code: 412,
		subCode: 40115,
		message: "The connection to the server could not be opened."
	},
	agentExists: {
		code: 409,
		subCode: 40228,
		message: "There is already a call agent for this user."
	},
	disposed: {
		code: 410,
		subCode: 40115,
		message: "The call agent has been disposed."
	},
	connectionLost: {
		code: 410,
		subCode: 3100,
		message: "The connection to the server was lost."
	},
	mediaFailed: {
		code: 408,
		subCode: 10057,
		message: "The media connection could not be set up."
	},
	speakersUnknown: {
		code: 405,
		subCode: 40606,
		message: "Speakers cannot be listed in this browser."
	},
	permissionDenied: {
		code: 400,
		subCode: 40613,
		message: "The microphone may not be used."
	},
	microphoneFailed: {
		code: 500,
		subCode: 40614,
		message: "The microphone could not be opened."
	},
	cannotAccept: {
		code: 400,
		subCode: 41006,
		message: "The call is not ringing, so it cannot be accepted."
	},
	cannotReject: {
		code: 400,
		subCode: 41007,
		message: "The call is not ringing, so it cannot be rejected."
	},
	muteFailed: {
		code: 500,
		subCode: 41015,
		message: "The call could not be muted."
	},
	unmuteFailed: {
		code: 400,
		subCode: 41016,
		message: "There is no microphone to unmute."
	},
	holdFailed: {
		code: 500,
		subCode: 41033,
		message: "The call could not be put on hold."
	},
	resumeFailed: {
		code: 500,
		subCode: 41034,
		message: "The call could not be resumed."
	},
	roleForbids: {
		code: 403,
		subCode: 7504,
		message: "Your role in this call does not allow it."
	},
	notConnected: {
		code: 412,
		subCode: 41071,
		message: "The call is not connected."
	},
	toneUnsupported: {
		code: 400,
		subCode: 8523,
		message: "This tone cannot be sent from a browser."
	},
	languageFixed: {
		code: 400,
		subCode: 8523,
		message: "The language is that of the application that transcribes the call."
	},
	badArgument: {
		code: 400,
		subCode: 8523,
		message: "An argument is missing or wrong."
	}
};
/**
* The error for something that went wrong here and not in the server.
* @internal
*/
function problem(what, cause) {
	return new CommunicationServicesError(problems[what], cause === void 0 ? void 0 : { cause });
}
/**
* Whether an error is this one of ours.
* @internal
*/
function isProblem(error, what) {
	const { code, subCode } = problems[what];
	return error instanceof CommunicationServicesError && error.code === code && error.subCode === subCode;
}
/**
* What a call that ended with this error gives as its reason.
* @internal
*/
function reasonOf(error) {
	if (error instanceof CommunicationServicesError) return {
		code: error.code,
		subCode: error.subCode,
		message: error.message
	};
	return {
		code: 500,
		subCode: 9999,
		message: error instanceof Error ? error.message : String(error)
	};
}
// src/client/dtmf.ts
/** What RTCDTMFSender calls each tone. Flash is no tone, and browsers cannot send it. */
var keys = {
	Num0: "0",
	Num1: "1",
	Num2: "2",
	Num3: "3",
	Num4: "4",
	Num5: "5",
	Num6: "6",
	Num7: "7",
	Num8: "8",
	Num9: "9",
	Star: "*",
	Pound: "#",
	A: "A",
	B: "B",
	C: "C",
	D: "D"
};
/** How long a tone and the pause after it are, in milliseconds. */
var toneLength = 160;
var tonePause = 60;
/**
* A call is connected when the server says so, which may be a moment before the browser finds
* that it can send. So long that moment may be, and so often it is looked, in milliseconds.
*/
var patience$3 = 2e3;
var lookEvery = 20;
/** The character that stands for a tone. */
function dtmfKey(tone) {
	const key = keys[tone];
	if (key === void 0) throw problem("toneUnsupported");
	return key;
}
/** Sends tones one after the other: a browser that is given a second one forgets the first. */
var ToneQueue = class {
	#last = Promise.resolve();
	/** Resolves when the tone and its pause are over. connected says that the call is, by now. */
	send(sender, tone, connected) {
		const key = dtmfKey(tone);
		const sent = this.#last.then(() => play(sender, key, connected));
		this.#last = sent.catch(() => void 0);
		return sent;
	}
};
async function play(sender, key, connected) {
	if (!sender || !await mayPlay(sender, connected)) throw problem("notConnected");
	return new Promise((resolve) => {
		const finish = () => {
			sender.removeEventListener("tonechange", heard);
			clearTimeout(timer);
			resolve();
		};
		const heard = (event) => {
			if (event.tone === "") finish();
		};
		const timer = setTimeout(finish, 880);
		sender.addEventListener("tonechange", heard);
		sender.insertDTMF(key, toneLength, tonePause);
	});
}
async function mayPlay(sender, connected) {
	for (let waited = 0; !sender.canInsertDTMF && connected() && waited < patience$3; waited += lookEvery) await new Promise((resolve) => setTimeout(resolve, lookEvery));
	return sender.canInsertDTMF;
}
// src/client/emitter.ts
/** Keeps listeners and calls them in the order in which they came. */
var Emitter = class {
	#listeners = /* @__PURE__ */ new Map();
	on(event, listener) {
		const known = this.#listeners.get(event);
		if (known) known.add(listener);
		else this.#listeners.set(event, /* @__PURE__ */ new Set([listener]));
	}
	off(event, listener) {
		this.#listeners.get(event)?.delete(listener);
	}
	/** Tells all listeners. One that throws is reported and does not keep the others from hearing. */
	emit(event, ...args) {
		for (const listener of [...this.#listeners.get(event) ?? []]) try {
			listener(...args);
		} catch (error) {
			reportError(error);
		}
	}
};
// src/client/device_id.ts
/** Makes an AudioDeviceInfo's or VideoDeviceInfo's id. */
function taggedId(kind, id) {
	return `${kind}:${id}`;
}
/** The browser's own id in it. */
function deviceId(tagged) {
	return tagged.slice(tagged.indexOf(":") + 1);
}
// src/client/volume.ts
/** How often the level is taken, in milliseconds. */
var period$3 = 100;
var context;
/** The page's audio context; a browser lets a page have only a few. It starts with the first click. */
function audioContext() {
	context ??= new AudioContext();
	if (context.state === "suspended") context.resume().catch(() => void 0);
	return context;
}
/** Measures how loud a stream is. It works while somebody listens, and costs nothing otherwise. */
var VolumeMeter = class extends Emitter {
	#level = 0;
	#stream;
	#listeners = 0;
	#stop;
	constructor(stream) {
		super();
		this.#stream = stream;
	}
	/** From 0, silence, to 100, as loud as it can be. */
	get level() {
		return this.#level;
	}
	on(event, listener) {
		super.on(event, listener);
		if (this.#listeners++ === 0) this.restart();
	}
	off(event, listener) {
		super.off(event, listener);
		if (this.#listeners > 0 && --this.#listeners === 0) this.close();
	}
	/** Measures the stream as it is now. */
	restart() {
		this.close();
		const stream = this.#stream();
		if (this.#listeners === 0 || !stream || stream.getAudioTracks().length === 0) return;
		const { analyser, disconnect } = listen(stream);
		const samples = new Float32Array(analyser.fftSize);
		const timer = setInterval(() => {
			analyser.getFloatTimeDomainData(samples);
			this.#set(loudness(samples));
		}, period$3);
		this.#stop = () => {
			clearInterval(timer);
			disconnect();
		};
	}
	close() {
		this.#stop?.();
		this.#stop = void 0;
		this.#set(0);
	}
	#set(level) {
		if (level === this.#level) return;
		this.#level = level;
		this.emit("levelChanged");
	}
};
function listen(stream) {
	const source = audioContext().createMediaStreamSource(stream);
	const analyser = audioContext().createAnalyser();
	analyser.fftSize = 2048;
	source.connect(analyser);
	return {
		analyser,
		disconnect: () => source.disconnect()
	};
}
/** Root mean square as 0 to 100: -60 dBFS and less is 0, 0 dBFS is 100. */
function loudness(samples) {
	let sum = 0;
	for (const sample of samples) sum += sample * sample;
	const decibels = 10 * Math.log10(sum / samples.length + 1e-12);
	return Math.round(Math.min(100, Math.max(0, (decibels + 60) / 60 * 100)));
}
// src/client/remote_audio.ts
/** The sound of a call. It plays by itself, through an audio element that nobody sees. */
var RemoteAudio = class {
	mediaStreamType = "Audio";
	#stream;
	#element;
	#meter;
	constructor(stream, speaker) {
		this.#stream = stream;
		this.#meter = new VolumeMeter(() => stream);
		this.#element = document.createElement("audio");
		this.#element.hidden = true;
		this.#element.autoplay = true;
		this.#element.srcObject = stream;
		document.body.append(this.#element);
		if (speaker) this.speaker(speaker);
		this.#play();
	}
	async getMediaStream() {
		return this.#stream;
	}
	async getVolume() {
		return this.#meter;
	}
	mute(muted) {
		this.#element.muted = muted;
	}
	/** Plays through this speaker; one that cannot be used leaves the sound where it is. */
	async speaker(device) {
		if (!("setSinkId" in this.#element)) return;
		const id = deviceId(device.id);
		await this.#element.setSinkId(id === "default" ? "" : id).catch(() => void 0);
	}
	dispose() {
		this.#meter.close();
		this.#element.srcObject = null;
		this.#element.remove();
	}
	/** A browser may want a click or a key before it lets a page be heard. */
	#play() {
		this.#element.play().catch(() => {
			const again = () => {
				removeEventListener("pointerdown", again);
				removeEventListener("keydown", again);
				if (this.#element.isConnected) this.#play();
			};
			addEventListener("pointerdown", again);
			addEventListener("keydown", again);
		});
	}
};
// src/client/hearing.ts
/** What one call hears: the sound of the other side, through the selected speaker. */
var Hearing = class {
	#devices;
	#selected = () => this.#useSpeaker();
	#audio;
	#isMuted = false;
	constructor(devices) {
		this.#devices = devices;
		devices.on("selectedSpeakerChanged", this.#selected);
	}
	get streams() {
		return this.#audio ? [this.#audio] : [];
	}
	get isMuted() {
		return this.#isMuted;
	}
	/** Plays the stream, and says whether that is new: there is one for each call. */
	play(stream) {
		if (this.#audio) return false;
		this.#audio = new RemoteAudio(stream, this.#devices.selectedSpeaker);
		this.#audio.mute(this.#isMuted);
		return true;
	}
	/** Says whether that is new. */
	mute(muted) {
		const before = this.#isMuted;
		this.#isMuted = muted;
		this.#audio?.mute(muted);
		return before !== muted;
	}
	close() {
		this.#devices.off("selectedSpeakerChanged", this.#selected);
		this.#audio?.dispose();
	}
	#useSpeaker() {
		const device = this.#devices.selectedSpeaker;
		if (device) this.#audio?.speaker(device);
	}
};
// src/client/identifier.ts
var userClouds = {
	orgid: "public",
	dod: "dod",
	gcch: "gcch"
};
var extensionClouds = {
	acs: "public",
	"dod-acs": "dod",
	"gcch-acs": "gcch"
};
var cloudNames = {
	public: "orgid",
	dod: "dod",
	gcch: "gcch"
};
var extensionNames = {
	public: "acs",
	dod: "dod-acs",
	gcch: "gcch-acs"
};
/** The one string that stands for this identifier everywhere. */
function getIdentifierRawId(identifier) {
	if ("communicationUserId" in identifier) return identifier.communicationUserId;
	if ("id" in identifier) return identifier.id;
	if (identifier.rawId) return identifier.rawId;
	if ("phoneNumber" in identifier) return `4:${identifier.phoneNumber}`;
	const cloud = identifier.cloud ?? "public";
	if ("teamsAppId" in identifier) return `28:${cloudNames[cloud]}:${identifier.teamsAppId}`;
	if ("microsoftTeamsUserId" in identifier) return `8:${identifier.isAnonymous ? "teamsvisitor" : cloudNames[cloud]}:${identifier.microsoftTeamsUserId}`;
	return `8:${extensionNames[cloud]}:${identifier.resourceId}_${identifier.tenantId}_${identifier.userId}`;
}
/** What a raw id stands for. One that fits nothing else is an unknown identifier. */
function createIdentifierFromRawId(rawId) {
	if (rawId.startsWith("4:")) return phoneNumber(rawId);
	const [type, name, ...rest] = rawId.split(":");
	const suffix = rest.join(":");
	if (name === void 0 || suffix === "") return {
		kind: "unknown",
		id: rawId
	};
	if (type === "28" && name in userClouds) return {
		kind: "microsoftTeamsApp",
		teamsAppId: suffix,
		rawId,
		cloud: userClouds[name]
	};
	return type === "8" && user(rawId, name, suffix) || {
		kind: "unknown",
		id: rawId
	};
}
function user(rawId, name, suffix) {
	if (name === "teamsvisitor") return {
		kind: "microsoftTeamsUser",
		microsoftTeamsUserId: suffix,
		rawId,
		isAnonymous: true
	};
	if (name in userClouds) return {
		kind: "microsoftTeamsUser",
		microsoftTeamsUserId: suffix,
		rawId,
		isAnonymous: false,
		cloud: userClouds[name]
	};
	if (name !== "spool" && !(name in extensionClouds)) return void 0;
	const [resourceId, tenantId, userId, more] = suffix.split("_");
	if (name !== "spool" && resourceId && tenantId && userId && more === void 0) return {
		kind: "teamsExtensionUser",
		resourceId,
		tenantId,
		userId,
		rawId,
		cloud: extensionClouds[name]
	};
	return {
		kind: "communicationUser",
		communicationUserId: rawId
	};
}
function phoneNumber(rawId) {
	const number = rawId.slice(2);
	if (number === "anonymous") return {
		kind: "phoneNumber",
		phoneNumber: number,
		rawId,
		isAnonymous: true
	};
	const cut = number.lastIndexOf("_");
	if (cut < 0) return {
		kind: "phoneNumber",
		phoneNumber: number,
		rawId
	};
	return {
		kind: "phoneNumber",
		phoneNumber: number,
		rawId,
		assertedId: number.slice(cut + 1)
	};
}
/** @internal */
function toModel(identifier) {
	return { rawId: getIdentifierRawId(identifier) };
}
/**
* `rawId` alone decides: it is always there and says everything.
* @internal
*/
function fromModel(model) {
	return createIdentifierFromRawId(model.rawId);
}
// src/client/lobby.ts
/** Those in a call who wait to be let in. The server shows them to whoever may decide about it. */
var LobbyObject = class extends Emitter {
	#decide;
	#participants = [];
	constructor(decide) {
		super();
		this.#decide = decide;
	}
	get participants() {
		return this.#participants;
	}
	admit(participant) {
		return this.#decide("admit", [toModel(participant)]);
	}
	async admitAll() {
		const successCount = this.#participants.length;
		if (successCount > 0) await this.#decide("admit");
		return {
			successCount,
			failureCount: 0
		};
	}
	reject(participant) {
		return this.#decide("reject", [toModel(participant)]);
	}
	return(participant) {
		return this.#decide("return", [toModel(participant)]);
	}
	/** Finds out from everybody in the call who waits now. */
	update(everybody) {
		const waiting = everybody.filter((who) => who.state === "InLobby");
		const added = waiting.filter((who) => !this.#participants.includes(who));
		const removed = this.#participants.filter((who) => !waiting.includes(who));
		this.#participants = waiting;
		if (added.length + removed.length > 0) this.emit("lobbyParticipantsUpdated", {
			added,
			removed
		});
	}
};
// src/client/local_audio.ts
/** What is sent in a call: a microphone, or any MediaStream with a sound track. */
var LocalAudioStream = class {
	mediaStreamType = "Audio";
	#events = new Emitter();
	#meter = new VolumeMeter(() => this.#stream);
	#constraints;
	#device;
	#stream;
	/** Opened here, so closed here. */
	#own = false;
	#options;
	constructor(source, options) {
		this.#options = options ?? {};
		this.#constraints = options?.constraints;
		if (source instanceof MediaStream) this.#stream = source;
		else this.#device = source;
	}
	/** The microphone; of a stream that was given, a device of no id named after its track. */
	get source() {
		const track = this.#stream?.getAudioTracks()[0];
		return this.#device ?? {
			name: track?.label ?? "",
			id: "",
			isSystemDefault: false,
			deviceType: "Virtual"
		};
	}
	on(event, listener) {
		this.#events.on(event, listener);
	}
	off(event, listener) {
		this.#events.off(event, listener);
	}
	/** Opens the microphone if that has not been done. */
	async getMediaStream() {
		this.#stream ??= await this.#capture();
		return this.#stream;
	}
	async setMediaStream(stream) {
		this.#release();
		this.#device = void 0;
		this.#stream = stream;
		this.#changed();
	}
	async switchSource(source) {
		this.#release();
		this.#device = source;
		this.#stream = await this.#capture();
		this.#changed();
	}
	async getVolume() {
		return this.#meter;
	}
	dispose() {
		this.#meter.close();
		this.#release();
	}
	/**
	* Called when the call that sends this is over.
	* @internal
	*/
	callEnded() {
		if (this.#options.autoDisposeOnCallEnd) for (const track of this.#stream?.getTracks() ?? []) track.stop();
		if (this.#options.autoDisposeOnCallEnd ?? this.#own) this.dispose();
	}
	async #capture() {
		const stream = await openMicrophone(this.#device?.id, this.#constraints);
		this.#own = true;
		return stream;
	}
	#release() {
		if (this.#own) for (const track of this.#stream?.getTracks() ?? []) track.stop();
		this.#own = false;
		this.#stream = void 0;
	}
	#changed() {
		this.#meter.restart();
		this.#events.emit("audioSourceChanged", { source: this });
	}
};
/**
* Asks the browser for a microphone; id is an AudioDeviceInfo's, undefined means the usual one.
* @internal
*/
async function openMicrophone(id, constraints) {
	const wanted = { ...constraints };
	if (id) wanted.deviceId = { exact: deviceId(id) };
	try {
		return await navigator.mediaDevices.getUserMedia({
			audio: wanted,
			video: false
		});
	} catch (cause) {
		throw problem(cause instanceof DOMException && cause.name === "NotAllowedError" ? "permissionDenied" : "microphoneFailed", cause);
	}
}
// src/client/microphone.ts
/**
* What one call sends. It sends a copy of the track, so that muting a call leaves whoever else
* uses the same stream alone.
*/
var Microphone = class {
	#devices;
	#send;
	#changed = () => void this.#resend().catch(() => void 0);
	#selected = () => void this.#reselect().catch(() => void 0);
	#stream;
	#track = null;
	#muted = false;
	/** Nobody named a stream: the one we use follows the selected microphone. */
	#follows = false;
	#closed = false;
	constructor(devices, send) {
		this.#devices = devices;
		this.#send = send;
	}
	get stream() {
		return this.#stream;
	}
	get track() {
		return this.#track;
	}
	async open(options) {
		const given = options?.localAudioStreams?.[0];
		if (given) return this.use(given);
		const selected = this.#devices.selectedMicrophone;
		const constraints = options?.constraints;
		const stream = new LocalAudioStream(await openMicrophone(selected?.id, constraints), {
			autoDisposeOnCallEnd: true,
			...constraints ? { constraints } : {}
		});
		if (this.#closed) return stream.callEnded();
		this.#follows = true;
		this.#devices.on("selectedMicrophoneChanged", this.#selected);
		await this.use(stream);
	}
	/** Sends this stream instead of the one before. */
	async use(stream) {
		if (this.#stream !== stream) {
			this.#stream?.off("audioSourceChanged", this.#changed);
			stream.on("audioSourceChanged", this.#changed);
		}
		this.#stream = stream;
		await this.#resend();
	}
	mute(muted) {
		this.#muted = muted;
		if (this.#track) this.#track.enabled = !muted;
	}
	close() {
		this.#closed = true;
		this.#devices.off("selectedMicrophoneChanged", this.#selected);
		this.#stream?.off("audioSourceChanged", this.#changed);
		this.#stream?.callEnded();
		this.#track?.stop();
		this.#track = null;
	}
	async #resend() {
		const track = (await this.#stream?.getMediaStream())?.getAudioTracks()[0]?.clone() ?? null;
		if (this.#closed) return track?.stop();
		if (track) track.enabled = !this.#muted;
		const before = this.#track;
		this.#track = track;
		await this.#send(track);
		before?.stop();
	}
	async #reselect() {
		const device = this.#devices.selectedMicrophone;
		if (this.#follows && device && this.#stream) await this.#stream.switchSource(device);
	}
};
// src/client/muting.ts
/** Whether the microphone of a call is off, and by whose wish. */
var Muting = class {
	#microphone;
	#changed;
	#self = false;
	#others = false;
	/** How often others have muted us. */
	#times = 0;
	/** Nobody is to hear us for as long, whatever we wish: on hold and in the lobby. */
	#hushed = false;
	constructor(microphone, changed) {
		this.#microphone = microphone;
		this.#changed = changed;
	}
	get isMuted() {
		return this.#self || this.#others;
	}
	get bySelf() {
		return this.#self;
	}
	/** For `unmute`: what has happened up to now. */
	get times() {
		return this.#times;
	}
	/** How a call begins. */
	start(muted) {
		this.#self = muted;
		this.#apply();
	}
	/** Says whether that is new. */
	mute() {
		const before = this.#self;
		this.#set(() => this.#self = true);
		return !before;
	}
	/** Ends it, also what others wished, unless they did so again since. */
	unmute(times) {
		this.#set(() => {
			this.#self = false;
			this.#others &&= this.#times !== times;
		});
	}
	/** Others have muted us, or undone it. Says whether that is new. */
	byOthers(muted) {
		const before = this.#others;
		if (muted) this.#times++;
		this.#set(() => this.#others = muted);
		return before !== muted;
	}
	hush(hushed) {
		this.#hushed = hushed;
		this.#apply();
	}
	#set(change) {
		const before = this.isMuted;
		change();
		this.#apply();
		if (before !== this.isMuted) this.#changed();
	}
	#apply() {
		this.#microphone.mute(this.isMuted || this.#hushed);
	}
};
// src/client/states.ts
var callWays = {
	None: ["Connecting"],
	Connecting: [
		"Ringing",
		"EarlyMedia",
		"InLobby",
		"Connected"
	],
	Ringing: [
		"EarlyMedia",
		"InLobby",
		"Connected"
	],
	EarlyMedia: ["Ringing", "Connected"],
	InLobby: ["Connected"],
	Connected: [
		"LocalHold",
		"RemoteHold",
		"InLobby"
	],
	LocalHold: ["Connected", "RemoteHold"],
	RemoteHold: ["Connected", "LocalHold"],
	Disconnecting: ["Disconnected"],
	Disconnected: []
};
function callMayMove(from, to) {
	if (from === "Disconnected") return false;
	if (to === "Disconnected") return true;
	if (to === "Disconnecting") return from !== "Disconnecting";
	return callWays[from].includes(to);
}
/**
* The way to a state that the server named, one step after the other. Whoever was away for a while
* may have missed that there was a connection in between.
*/
function callWay(from, to) {
	return !callMayMove(from, to) && callMayMove(from, "Connected") && callMayMove("Connected", to) ? ["Connected", to] : [to];
}
var callStates = new Set(Object.keys(callWays));
/** Whether the server named a state that we know. */
function isCallState(state) {
	return callStates.has(state);
}
var participantStates = {
	Idle: "Idle",
	Connecting: "Connecting",
	Ringing: "Ringing",
	Connected: "Connected",
	Hold: "Hold",
	InLobby: "InLobby",
	EarlyMedia: "EarlyMedia",
	Disconnected: "Disconnected"
};
/** A participant's state; one that we do not know counts as on its way. */
function participantState(state, isOnHold) {
	const known = participantStates[state] ?? "Connecting";
	return known === "Connected" && isOnHold ? "Hold" : known;
}
var roles = /* @__PURE__ */ new Set([
	"Presenter",
	"Attendee",
	"Consumer",
	"Collaborator"
]);
/** A role that the server named; a call without roles names none. */
function roleOf(role) {
	return role !== void 0 && roles.has(role) ? role : "Unknown";
}
// src/client/participant.ts
/** Somebody else in a call, as the roster last described them. */
var Participant = class extends Emitter {
	identifier;
	#muteThem;
	#id = "";
	#displayName;
	#state = "Idle";
	#reason;
	#isMuted = false;
	#isSpeaking = false;
	#role = "Unknown";
	constructor(identifier, muteThem) {
		super();
		this.identifier = identifier;
		this.#muteThem = muteThem;
	}
	get rawId() {
		return getIdentifierRawId(this.identifier);
	}
	/** Empty until the roster has named it. */
	get participantId() {
		return this.#id;
	}
	get endpointDetails() {
		return this.#id ? [{ participantId: this.#id }] : [];
	}
	get displayName() {
		return this.#displayName;
	}
	get state() {
		return this.#state;
	}
	get callEndReason() {
		return this.#reason;
	}
	get isMuted() {
		return this.#isMuted;
	}
	get isSpeaking() {
		return this.#isSpeaking;
	}
	get role() {
		return this.#role;
	}
	mute() {
		return this.#muteThem(this);
	}
	/** Takes over what the roster says, and tells of each difference. */
	update(member) {
		this.#id = member.participantId;
		this.#become(participantState(member.state, member.isOnHold ?? false));
		const { displayName, isMuted = false, isSpeaking = false } = member;
		if (displayName !== this.#displayName) {
			this.#displayName = displayName;
			this.emit("displayNameChanged");
		}
		const role = roleOf(member.role);
		if (role !== this.#role) {
			this.#role = role;
			this.emit("roleChanged");
		}
		if (isMuted !== this.#isMuted) {
			this.#isMuted = isMuted;
			this.emit("isMutedChanged");
		}
		this.speaks(isSpeaking);
	}
	speaks(isSpeaking) {
		if (isSpeaking === this.#isSpeaking) return;
		this.#isSpeaking = isSpeaking;
		this.emit("isSpeakingChanged");
	}
	/** On its way, before the roster knows of it. */
	invited() {
		this.#become("Connecting");
	}
	left(reason) {
		this.#reason = reason ?? {
			code: 0,
			subCode: 0
		};
		this.speaks(false);
		this.#become("Disconnected");
	}
	#become(state) {
		if (state === this.#state) return;
		this.#state = state;
		this.emit("stateChanged");
	}
};
/** A participant for somebody in the roster. */
function fromMember(member, muteThem) {
	return new Participant(fromModel(member.identifier), muteThem);
}
// src/client/peer.ts
/** The peer connection of one call: one sound track each way, offered by us. */
var Peer = class extends Emitter {
	#pc;
	#transceiver;
	#early = [];
	/** Candidates of a restart, until the server knows of it; it would not know whose they are. */
	#held;
	#lastAnswer = "";
	/** A TURN server is named, so candidates of one (type relay) are to be found. */
	#hasRelays;
	#relayed = false;
	#relaysReachable;
	constructor(iceServers) {
		super();
		this.#hasRelays = iceServers.some(({ urls }) => [urls].flat().some((url) => /^turns?:/.test(url)));
		this.#pc = new RTCPeerConnection({
			iceServers,
			bundlePolicy: "max-bundle"
		});
		this.#transceiver = this.#pc.addTransceiver("audio", { direction: "sendrecv" });
		this.#pc.onicecandidate = (event) => this.#found(event.candidate);
		this.#pc.onconnectionstatechange = () => this.emit("connection", this.#pc.connectionState);
		this.#pc.ontrack = (event) => this.emit("stream", event.streams[0] ?? new MediaStream([event.track]));
	}
	get connection() {
		return this.#pc.connectionState;
	}
	/** Whether the last search for candidates found a relay; undefined where there is none, or before. */
	get relaysReachable() {
		return this.#relaysReachable;
	}
	get dtmf() {
		return this.#transceiver.sender.dtmf;
	}
	/** Sends this track from now on; null sends nothing. */
	async send(track) {
		await this.#transceiver.sender.replaceTrack(track);
	}
	/** Our session description. Candidates follow as they are found. */
	async offer() {
		await this.#pc.setLocalDescription();
		return this.#pc.localDescription?.sdp ?? "";
	}
	/** Our description anew, with ICE restarted: from another network, or for another try. */
	async restart() {
		this.#held = [];
		this.#relayed = false;
		this.#pc.restartIce();
		return this.offer();
	}
	/** The answer to the last offer. One that has been taken is repeated by a server that saw no sound yet. */
	async answer(sdp) {
		if (this.#pc.signalingState !== "have-local-offer" || sdp === this.#lastAnswer) return;
		this.#lastAnswer = sdp;
		await this.#pc.setRemoteDescription({
			type: "answer",
			sdp
		});
		const held = this.#held ?? [];
		this.#held = void 0;
		for (const candidate of held) this.emit("candidate", candidate);
		for (const candidate of this.#early.splice(0)) await this.#add(candidate);
	}
	/** A candidate of the other side, which may come before its description. */
	async candidate(candidate) {
		if (this.#pc.remoteDescription) await this.#add(candidate);
		else this.#early.push(candidate);
	}
	stats() {
		return this.#pc.getStats();
	}
	close() {
		this.#pc.onicecandidate = this.#pc.onconnectionstatechange = this.#pc.ontrack = null;
		this.#pc.close();
	}
	#found(found) {
		this.#relayed ||= found?.type === "relay";
		if (!found) this.#searched();
		const candidate = found?.toJSON() ?? null;
		if (this.#held) this.#held.push(candidate);
		else this.emit("candidate", candidate);
	}
	/** All candidates have been found. */
	#searched() {
		if (!this.#hasRelays || this.#relayed === this.#relaysReachable) return;
		this.#relaysReachable = this.#relayed;
		this.emit("relays");
	}
	async #add(candidate) {
		await this.#pc.addIceCandidate(candidate ?? void 0);
	}
};
// src/client/recovery.ts
var patience$2 = 3e3;
var settling = 500;
var firstPause = 4e3;
var longestPause = 16e3;
var reconnectTimeout$1 = 12e4;
/** Brings the sound of a call back when the network under it has changed or failed. */
var Recovery = class {
	#options;
	#flowed = false;
	#lost = false;
	#busy = false;
	/** Something has changed while a restart was under way: it is out of date. */
	#again = false;
	#failures = 0;
	#next;
	#end;
	constructor(options) {
		this.#options = options;
	}
	/** Whether there has been sound: before that there is nothing to bring back. */
	get flowed() {
		return this.#flowed;
	}
	/** Takes what has become of the peer connection. */
	connection(state) {
		if (state === "connected") this.#found();
		if (!this.#flowed) return;
		if (state === "disconnected") this.#lose(patience$2);
		if (state === "failed") this.#lose(0);
	}
	/** The device is in another network: nobody need wait until the sound is missed. */
	networkChanged() {
		if (!this.#flowed) return;
		this.#failures = 0;
		this.#plan(settling);
	}
	/** The server can be reached again: sound that is missed is asked for now. */
	serverIsBack() {
		if (this.#lost) this.networkChanged();
	}
	stop() {
		this.#flowed = this.#lost = this.#again = false;
		clearTimeout(this.#next);
		clearTimeout(this.#end);
	}
	#found() {
		this.#flowed = true;
		this.#lost = false;
		this.#failures = 0;
		clearTimeout(this.#next);
		clearTimeout(this.#end);
	}
	#lose(delay) {
		if (!this.#lost) {
			this.#lost = true;
			this.#end = setTimeout(this.#options.giveUp, reconnectTimeout$1);
		} else if (this.#failures > 0) return;
		this.#plan(delay);
	}
	#plan(delay) {
		clearTimeout(this.#next);
		this.#next = setTimeout(() => void this.#try(), delay);
	}
	async #try() {
		this.#again = this.#busy;
		if (this.#busy) return;
		this.#busy = true;
		await this.#options.restart().catch(() => void 0);
		this.#busy = false;
		if (this.#again) this.#plan(0);
		else if (this.#lost) this.#plan(Math.min(firstPause * 2 ** this.#failures++, longestPause));
		this.#again = false;
	}
};
// src/client/roster.ts
/** How long, in milliseconds, somebody just invited may be missing from the roster. */
var patience$1 = 5e3;
/** Everybody else in a call. The server sends the whole list each time; this finds the differences. */
var Roster = class {
	#muteThem;
	#updated;
	#participants = [];
	/** The ids of those who speak, once that has been said: from then on a roster says it too late. */
	#speaking;
	constructor(muteThem, updated) {
		this.#muteThem = muteThem;
		this.#updated = updated;
	}
	get participants() {
		return this.#participants;
	}
	find(rawId) {
		return this.#participants.find((participant) => participant.rawId === rawId);
	}
	apply(members) {
		const present = members.filter((member) => member.state !== "Disconnected");
		const added = [];
		for (const member of present) {
			const known = this.#match(member);
			if (!known) added.push(fromMember(member, this.#muteThem));
			(known ?? added.at(-1))?.update({
				...member,
				...this.#heard(member)
			});
		}
		const removed = this.#participants.filter((who) => who.participantId !== "" && !present.some((member) => member.participantId === who.participantId));
		for (const who of removed) who.left(members.find((member) => member.participantId === who.participantId)?.reason);
		this.#change(added, removed);
	}
	/** Takes who speaks, of all who are there. */
	speakers(voices) {
		const speaking = new Set(voices.filter((one) => one.isSpeaking).map((one) => one.participantId));
		this.#speaking = speaking;
		for (const who of this.#participants) who.speaks(speaking.has(who.participantId));
	}
	/** Puts somebody in who has been invited but is not in the server's list yet. */
	invite(who) {
		who.invited();
		this.#change([who], []);
	}
	/** The server has agreed to invite: soon it must list them. */
	expect(who) {
		setTimeout(() => {
			if (who.participantId === "") this.drop(who, void 0);
		}, patience$1);
	}
	drop(who, reason) {
		if (!this.#participants.includes(who)) return;
		who.left(reason);
		this.#change([], [who]);
	}
	clear(reason) {
		const removed = this.#participants;
		for (const who of removed) who.left(reason);
		this.#change([], removed);
	}
	#heard(member) {
		return this.#speaking ? { isSpeaking: this.#speaking.has(member.participantId) } : {};
	}
	#match(member) {
		return this.#participants.find((who) => who.participantId === member.participantId) ?? this.#participants.find((who) => who.participantId === "" && who.rawId === member.identifier.rawId);
	}
	#change(added, removed) {
		if (added.length + removed.length === 0) return;
		this.#participants = [...this.#participants.filter((who) => !removed.includes(who)), ...added];
		this.#updated({
			added,
			removed
		});
	}
};
// src/client/vitals.ts
/** For how long, in milliseconds, what the server measured counts as now: it is of the last five seconds. */
var fresh = 1e4;
/** What goes on in a call below its states: what features look at. */
var Vitals = class extends Emitter {
	#sources;
	#speakers = [];
	#quality;
	constructor(sources) {
		super();
		this.#sources = sources;
		sources.peer.on("connection", () => this.emit("connectionChanged"));
		sources.peer.on("relays", () => this.emit("relaysChanged"));
	}
	get connection() {
		return this.#sources.peer.connection;
	}
	/** Whether a TURN server answers; undefined where there is none or it is not known yet. */
	get relaysReachable() {
		return this.#sources.peer.relaysReachable;
	}
	/** What is sent. */
	get track() {
		return this.#sources.microphone.track;
	}
	/** Who speaks, the loudest first, and then who did before. */
	get speakers() {
		return this.#speakers;
	}
	/** What the server measured last. It tells when a grade becomes another; the figures grow old meanwhile. */
	get quality() {
		return this.#quality;
	}
	/** The same, while its figures are those of now. */
	get freshQuality() {
		return this.#quality && Date.now() - this.#quality.at < fresh ? this.#quality : void 0;
	}
	stats() {
		return this.#sources.peer.stats();
	}
	/** Takes a message of the server that is about none of the call's states. */
	receive(message) {
		switch (message.type) {
			case "speakers":
				this.#speakers = message.speakers;
				return this.emit("speakersChanged");
			case "caption": return this.emit("captionReceived", message);
			case "quality":
				this.#quality = {
					send: message.send,
					receive: message.receive,
					at: Date.now()
				};
				return this.emit("qualityChanged");
			case "mutedSpeaking": return this.emit("mutedSpeaking");
		}
	}
};
// src/client/call.ts
/** In milliseconds. */
var hangUpTimeout = 5e3;
/** One call of this client: what the server says of it, and its sound. */
var CallObject = class extends Emitter {
	kind = "Call";
	id;
	direction;
	callerInfo;
	info;
	lobby;
	/** What goes on below the states, for features. */
	vitals;
	#around;
	#peer;
	#recovery = new Recovery({
		restart: () => this.#restart(),
		giveUp: () => this.#mediaFailed("lost")
	});
	#microphone;
	#muting;
	#tones = new ToneQueue();
	#roster;
	#features = /* @__PURE__ */ new Map();
	#ended = deferred();
	#hearing;
	#state = "None";
	#reason;
	#role = "Unknown";
	#leaving = false;
	/** The server has been asked; candidates found before wait. */
	#placed = false;
	#agreed = false;
	#candidates = [];
	constructor(around, start) {
		super();
		this.#around = around;
		this.id = start.id;
		this.direction = start.direction;
		this.callerInfo = start.callerInfo;
		this.info = start.info;
		this.lobby = new LobbyObject((type, participants) => {
			return around.signalling.request({
				type,
				call: this.id,
				...participants ? { participants } : {}
			});
		});
		this.#roster = new Roster((who) => this.#muteOthers([who]), (update) => this.emit("remoteParticipantsUpdated", update));
		this.#peer = new Peer(around.iceServers());
		this.#peer.on("candidate", (candidate) => this.#trickle(candidate));
		this.#peer.on("stream", (stream) => this.#hear(stream));
		this.#peer.on("connection", (state) => this.#connection(state));
		this.#microphone = new Microphone(around.devices, (track) => this.#peer.send(track));
		this.#muting = new Muting(this.#microphone, () => this.emit("isMutedChanged"));
		this.#hearing = new Hearing(around.devices);
		this.vitals = new Vitals({
			peer: this.#peer,
			microphone: this.#microphone
		});
	}
	get state() {
		return this.#state;
	}
	get callEndReason() {
		return this.#reason;
	}
	get isMuted() {
		return this.#muting.isMuted;
	}
	get isIncomingAudioMuted() {
		return this.#hearing.isMuted;
	}
	get role() {
		return this.#role;
	}
	get remoteParticipants() {
		return this.#roster.participants;
	}
	get localAudioStreams() {
		return this.#microphone.stream ? [this.#microphone.stream] : [];
	}
	get remoteAudioStreams() {
		return this.#hearing.streams;
	}
	get devices() {
		return this.#around.devices;
	}
	/** The server has taken the call, so a server that does not know it has lost it. */
	get agreed() {
		return this.#agreed;
	}
	feature(factory) {
		const known = this.#features.get(factory.name);
		if (known) return known;
		const made = factory.create(this);
		this.#features.set(factory.name, made);
		if (this.#state === "Disconnected") made.dispose();
		return made;
	}
	/** Opens the microphone, makes the offer and sends it in the request. */
	async place(audio, request) {
		this.#muting.start(audio?.muted ?? false);
		try {
			await Promise.resolve();
			this.#become("Connecting");
			await this.#microphone.open(audio).catch((error) => this.#unheard(error));
			this.emit("localAudioStreamsUpdated", {
				added: this.localAudioStreams,
				removed: []
			});
			const sdp = await this.#peer.offer();
			if (this.#leaving) return;
			const muted = this.#muting.bySelf;
			const agreed = this.#around.signalling.request(request(sdp, muted));
			this.#placed = true;
			for (const candidate of this.#candidates.splice(0)) this.#trickle(candidate);
			await agreed;
			this.#agreed = true;
			if (muted !== this.#muting.bySelf) await this.#ask(muted ? "unmute" : "mute");
		} catch (error) {
			if (this.#leaving) return;
			this.end(reasonOf(error));
			throw error;
		}
	}
	async hangUp(options) {
		if (this.#state === "Disconnected") return;
		const first = !this.#leaving;
		this.#leaving = true;
		this.#become("Disconnecting");
		if (first && this.#placed) {
			const forEveryone = options?.forEveryone ?? false;
			this.#around.signalling.request({
				type: "hangup",
				call: this.id,
				forEveryone
			}).catch((error) => this.#around.log.warning("hanging up", error));
			const timer = setTimeout(() => this.end({
				code: 0,
				subCode: 0
			}), hangUpTimeout);
			this.#ended.promise.then(() => clearTimeout(timer));
			this.#microphone.mute(true);
		} else if (!this.#placed) this.end({
			code: 0,
			subCode: 0
		});
		return this.#ended.promise;
	}
	async mute() {
		if (this.#muting.mute() && this.#placed) await this.#ask("mute");
	}
	async unmute() {
		if (!this.isMuted) return;
		if (this.#role === "Consumer") throw problem("roleForbids");
		if (this.#placed && !this.#microphone.track) throw problem("unmuteFailed");
		const { times } = this.#muting;
		if (this.#placed) await this.#ask("unmute");
		this.#muting.unmute(times);
	}
	async hold() {
		if (this.#state === "LocalHold") return;
		if (this.#state !== "Connected" && this.#state !== "RemoteHold") throw problem("notConnected");
		await this.#ask("hold").catch((error) => Promise.reject(problem("holdFailed", error)));
	}
	async resume() {
		if (this.#state !== "LocalHold") return;
		await this.#ask("resume").catch((error) => Promise.reject(problem("resumeFailed", error)));
	}
	muteAllRemoteParticipants() {
		return this.#muteOthers();
	}
	async muteIncomingAudio() {
		this.#setDeaf(true);
	}
	async unmuteIncomingAudio() {
		this.#setDeaf(false);
	}
	sendDtmf(tone) {
		return this.#tones.send(this.#peer.dtmf, tone, () => this.#state === "Connected");
	}
	addParticipant(identifier, options) {
		const rawId = getIdentifierRawId(identifier);
		const there = this.#roster.find(rawId);
		if (there) return there;
		const who = new Participant(createIdentifierFromRawId(rawId), (them) => this.#muteOthers([them]));
		this.#roster.invite(who);
		const caller = options?.alternateCallerId;
		const extra = caller ? { alternateCallerId: toModel(caller) } : {};
		this.#around.signalling.request({
			type: "add",
			call: this.id,
			target: { rawId },
			...extra
		}).then(() => this.#roster.expect(who), (error) => this.#roster.drop(who, reasonOf(error)));
		return who;
	}
	async removeParticipant(identifier) {
		const rawId = getIdentifierRawId(identifier);
		await this.#around.signalling.request({
			type: "remove",
			call: this.id,
			target: { rawId }
		});
		if (!this.#roster.find(rawId)) return;
		await new Promise((resolve) => {
			const check = () => {
				if (this.#roster.find(rawId)) return;
				this.off("remoteParticipantsUpdated", check);
				resolve();
			};
			this.on("remoteParticipantsUpdated", check);
		});
	}
	async startAudio(stream) {
		const removed = this.localAudioStreams;
		await this.#microphone.use(stream);
		this.emit("localAudioStreamsUpdated", {
			added: [stream],
			removed
		});
	}
	/** Takes a message of the server about this call. */
	receive(message) {
		if (this.#state === "Disconnected") return;
		switch (message.type) {
			case "state": return this.#serverState(message.state, message.reason);
			case "answer":
				this.#peer.answer(message.sdp).catch((error) => this.#unanswered(error));
				return;
			case "candidate":
				this.#peer.candidate(message.candidate).catch((error) => this.#around.log.warning("candidate", error));
				return;
			case "roster":
				this.#roster.apply(message.participants);
				return this.lobby.update(this.#roster.participants);
			case "callInfo": return this.info.update(message.serverCallId, message.participantId);
			case "role": return this.#assigned(roleOf(message.role));
			case "muted":
			case "unmuted":
				if (this.#muting.byOthers(message.type === "muted") && message.type === "muted") this.emit("mutedByOthers");
				return;
			case "speakers":
				this.#roster.speakers(message.speakers);
				return this.vitals.receive(message);
			case "caption":
			case "quality":
			case "mutedSpeaking": return this.vitals.receive(message);
			case "incomingEnded": return this.end(message.reason ?? {
				code: 0,
				subCode: 0
			});
		}
	}
	/** Brings the sound back, for the agent to say when. */
	get recovery() {
		return this.#recovery;
	}
	/** Ends it here. The server has said so, or cannot be reached any more. */
	end(reason) {
		if (this.#state === "Disconnected") return;
		this.#recovery.stop();
		this.#leaving = true;
		this.#reason = reason;
		for (const feature of this.#features.values()) feature.dispose();
		this.#microphone.close();
		this.#peer.close();
		this.#hearing.close();
		this.info.close();
		this.#roster.clear(reason);
		this.lobby.update([]);
		this.#become("Disconnected");
		this.#ended.resolve();
	}
	#serverState(state, reason) {
		if (state === "Disconnected") return this.end(reason ?? {
			code: 0,
			subCode: 0
		});
		if (!isCallState(state) || state === this.#state) return;
		for (const step of callWay(this.#state, state)) this.#become(step);
	}
	#become(state) {
		if (!callMayMove(this.#state, state)) {
			this.#around.log.warning("ignored a way that does not exist", this.#state, state);
			return;
		}
		this.#state = state;
		this.#muting.hush(state === "LocalHold" || state === "InLobby");
		this.emit("stateChanged");
	}
	/** There is no microphone to speak into. */
	#unheard(error) {
		this.vitals.emit("microphoneFailed", { denied: isProblem(error, "permissionDenied") });
		throw error;
	}
	#trickle(candidate) {
		if (this.#placed) this.#around.signalling.notify({
			type: "candidate",
			call: this.id,
			candidate
		});
		else this.#candidates.push(candidate);
	}
	#hear(stream) {
		if (this.#hearing.play(stream)) this.emit("remoteAudioStreamsUpdated", {
			added: this.#hearing.streams,
			removed: []
		});
	}
	#connection(state) {
		if (this.#leaving) return;
		this.#recovery.connection(state);
		if (state === "failed" && !this.#recovery.flowed) this.#mediaFailed(state);
	}
	async #restart() {
		this.#around.log.info("restarting ICE");
		try {
			const sdp = await this.#peer.restart();
			await this.#around.signalling.request({
				type: "offer",
				call: this.id,
				sdp
			});
		} catch (error) {
			this.#around.log.warning("restarting ICE", error);
			throw error;
		}
	}
	/** An answer that cannot be used ends a call that never had sound; otherwise there will be another. */
	#unanswered(error) {
		if (this.#recovery.flowed) this.#around.log.warning("answer", error);
		else this.#mediaFailed(error);
	}
	#mediaFailed(error) {
		this.#around.log.error("the media connection failed", error);
		const reason = reasonOf(problem(this.#recovery.flowed ? "connectionLost" : "mediaFailed"));
		if (this.#placed) this.#around.signalling.request({
			type: "hangup",
			call: this.id
		}).catch(() => void 0);
		this.end(reason);
	}
	/** Somebody who only listens is muted, and stays so until they say otherwise under another role. */
	#assigned(role) {
		if (role === this.#role) return;
		this.#role = role;
		this.emit("roleChanged");
		if (role === "Consumer") this.mute().catch((error) => this.#around.log.warning("muting", error));
	}
	#setDeaf(deaf) {
		if (this.#hearing.mute(deaf)) this.emit("isIncomingAudioMutedChanged");
	}
	#ask(type) {
		return this.#around.signalling.request({
			type,
			call: this.id
		});
	}
	#muteOthers(who) {
		const participants = who?.map((participant) => toModel(participant.identifier));
		const some = participants ? { participants } : {};
		return this.#around.signalling.request({
			type: "muteOthers",
			call: this.id,
			...some
		});
	}
};
// src/client/call_info.ts
/** Which call of the server a call of ours is. An application can move us to another one. */
var CallInfoObject = class extends Emitter {
	threadId = void 0;
	#groupId;
	#participantId = "";
	#known;
	#serverCallId = deferred();
	constructor(groupId) {
		super();
		this.#groupId = groupId;
		this.#serverCallId.promise.catch(() => void 0);
	}
	get groupId() {
		return this.#groupId;
	}
	get participantId() {
		return this.#participantId;
	}
	getServerCallId() {
		return this.#serverCallId.promise;
	}
	onCallInfoChanged(event, listener) {
		this.on(event, listener);
	}
	offCallInfoChanged(event, listener) {
		this.off(event, listener);
	}
	/** Takes what the server says. */
	update(serverCallId, participantId) {
		if (serverCallId === this.#known && participantId === this.#participantId) return;
		if (this.#known !== void 0 && serverCallId !== this.#known) {
			this.#groupId = void 0;
			this.#serverCallId = deferred();
		}
		this.#known = serverCallId;
		this.#participantId = participantId;
		this.#serverCallId.resolve(serverCallId);
		this.emit("callInfoChanged");
	}
	/** There will be no call any more to know. */
	close() {
		this.#serverCallId.reject(problem("notConnected"));
	}
};
// src/client/custom_context.ts
var userToUser = "User-To-User";
/** Writes it for the wire. Headers for phones get the prefix that those must have. */
function contextToModel(context) {
	const sip = [...context.sipHeaders ?? [], ...context.xHeaders ?? []].map(prefixed);
	if (context.userToUser !== void 0) sip.push({
		key: userToUser,
		value: context.userToUser
	});
	return {
		...named("sipHeaders", sip),
		...named("voipHeaders", context.voipHeaders ?? [])
	};
}
function prefixed({ key, value }) {
	return {
		key: /^(x-|user-to-user$)/i.test(key) ? key : `X-MS-Custom-${key}`,
		value
	};
}
function named(name, headers) {
	if (headers.length === 0) return {};
	const map = Object.fromEntries(headers.map(({ key, value }) => [key, value]));
	return { [name]: map };
}
/** Reads what came with an incoming call. */
function contextFromModel(model) {
	const sip = listed(model.sipHeaders);
	const isUserToUser = ({ key }) => /^user-?to-?user$/i.test(key);
	const context = {
		sipHeaders: sip.filter((header) => !isUserToUser(header)),
		voipHeaders: listed(model.voipHeaders)
	};
	const said = sip.find(isUserToUser);
	if (said) context.userToUser = said.value;
	return context;
}
function listed(map = {}) {
	return Object.entries(map).map(([key, value]) => ({
		key,
		value
	}));
}
// src/client/incoming.ts
/** Somebody is calling. It ends by being accepted, rejected, or by itself. */
var IncomingObject = class extends Emitter {
	kind = "IncomingCall";
	id;
	callerInfo;
	customContext;
	/** The call that it becomes has the same. */
	info = new IncomingInfo(this);
	#answering;
	#call;
	#rejected = false;
	#reason;
	constructor(message, answering) {
		super();
		this.id = message.call;
		this.callerInfo = { identifier: fromModel(message.from) };
		if (message.displayName) this.callerInfo.displayName = message.displayName;
		if (message.customContext) this.customContext = contextFromModel(message.customContext);
		this.#answering = answering;
	}
	get callEndReason() {
		return this.#reason;
	}
	get isAccepted() {
		return this.#call !== void 0;
	}
	get isRinging() {
		return !this.#call && !this.#rejected && !this.#reason;
	}
	accept(options) {
		if (!this.isRinging) return Promise.reject(problem("cannotAccept"));
		this.#call = this.#answering.accept(this, options);
		return this.#call;
	}
	reject() {
		if (!this.isRinging) return Promise.reject(problem("cannotReject"));
		this.#rejected = true;
		return this.#answering.reject(this);
	}
	/** It rings no more, and nobody here has answered. */
	ended(reason) {
		if (this.#reason) return;
		this.#reason = reason;
		this.emit("callEnded", { callEndReason: reason });
	}
};
/** What is known of a call that rings is nothing until it is accepted. */
var IncomingInfo = class extends CallInfoObject {
	#incoming;
	constructor(incoming) {
		super();
		this.#incoming = incoming;
	}
	getServerCallId() {
		return this.#incoming.isAccepted ? super.getServerCallId() : Promise.reject(problem("notConnected"));
	}
};
// src/client/network.ts
/** Tells when the device is online again, or in a network of another kind. Returns what ends that. */
function watchNetwork(changed) {
	const connection = globalThis.navigator?.connection;
	let kind = connection?.type;
	const look = () => {
		if (connection?.type === kind) return;
		kind = connection?.type;
		if (kind !== "none") changed();
	};
	globalThis.addEventListener?.("online", changed);
	connection?.addEventListener?.("change", look);
	return () => {
		globalThis.removeEventListener?.("online", changed);
		connection?.removeEventListener?.("change", look);
	};
}
// src/client/agent.ts
var reconnectTimeout = 12e4;
var resumeTimeout = 5e3;
var tokenInterval = 3e4;
/** One registered user: starts calls, is told of incoming ones, and gives each call its messages. */
var AgentObject = class extends Emitter {
	kind = "CallAgent";
	displayName;
	identifier;
	#options;
	#calls = /* @__PURE__ */ new Map();
	#ringing = /* @__PURE__ */ new Map();
	/** Calls, and those that ring, that the server has not named since it took us back. */
	#unlisted = /* @__PURE__ */ new Set();
	#unwatchNetwork;
	#iceServers;
	#connectionState = "Connected";
	#lost;
	#tokenTimer;
	#sentToken = "";
	constructor(options, welcome) {
		super();
		this.#options = options;
		this.identifier = fromModel(welcome.user);
		if (options.displayName) this.displayName = options.displayName;
		this.#iceServers = welcome.iceServers ?? [];
		options.signalling.on("message", (message) => this.#receive(message));
		options.signalling.on("up", (next, resumed) => this.#up(next, resumed));
		options.signalling.on("down", () => this.#down());
		options.signalling.on("ended", (error) => this.#ended(error));
		this.#unwatchNetwork = watchNetwork(() => this.#networkChanged());
		this.#watchToken();
	}
	get calls() {
		return [...this.#calls.values()];
	}
	get connectionState() {
		return this.#connectionState;
	}
	startCall(participants, options) {
		if (participants.length === 0) throw problem("badArgument");
		const call = this.#newCall(crypto.randomUUID(), "Outgoing", this.#self());
		const extra = {};
		if (options?.customContext) extra.customContext = contextToModel(options.customContext);
		if (options?.alternateCallerId) extra.alternateCallerId = toModel(options.alternateCallerId);
		const targets = participants.map(toModel);
		call.place(options?.audioOptions, (sdp, muted) => {
			return {
				type: "start",
				call: call.id,
				targets,
				sdp,
				muted,
				...extra
			};
		}).catch((error) => this.#options.log.warning("a call could not be started", error));
		return call;
	}
	join(locator, options) {
		const where = oneOf(locator);
		const info = new CallInfoObject("groupId" in where ? where.groupId : void 0);
		const call = this.#newCall(crypto.randomUUID(), "Outgoing", this.#self(), info);
		call.place(options?.audioOptions, (sdp, muted) => {
			return {
				type: "join",
				call: call.id,
				...where,
				sdp,
				muted
			};
		}).catch((error) => this.#options.log.warning("a call could not be joined", error));
		return call;
	}
	async dispose() {
		await Promise.all(this.calls.map((call) => call.hangUp()));
		this.#options.signalling.close();
	}
	/** Accepts for an incoming call. */
	async accept(incoming, options) {
		this.#ringing.delete(incoming.id);
		const call = this.#newCall(incoming.id, "Incoming", incoming.callerInfo, incoming.info);
		await call.place(options?.audioOptions, (sdp, muted) => ({
			type: "accept",
			call: call.id,
			sdp,
			muted
		}));
		return call;
	}
	/** Rejects for an incoming call. */
	reject(incoming) {
		this.#ringing.delete(incoming.id);
		return this.#options.signalling.request({
			type: "reject",
			call: incoming.id
		});
	}
	#self() {
		const name = this.displayName === void 0 ? {} : { displayName: this.displayName };
		return {
			identifier: this.identifier,
			...name
		};
	}
	#newCall(id, direction, callerInfo, info = new CallInfoObject()) {
		const { signalling, devices, log } = this.#options;
		const iceServers = () => [...this.#iceServers, ...this.#options.iceServers];
		const call = new CallObject({
			signalling,
			devices,
			iceServers,
			log
		}, {
			id,
			direction,
			callerInfo,
			info
		});
		this.#calls.set(id, call);
		call.on("stateChanged", () => {
			if (call.state !== "Disconnected") return;
			this.#calls.delete(id);
			this.emit("callsUpdated", {
				added: [],
				removed: [call]
			});
		});
		this.emit("callsUpdated", {
			added: [call],
			removed: []
		});
		return call;
	}
	#receive(message) {
		if ("call" in message) this.#unlisted.delete(message.call);
		if (message.type === "incoming") {
			if (this.#ringing.has(message.call) || this.#calls.has(message.call)) return;
			const incomingCall = new IncomingObject(message, this);
			this.#ringing.set(message.call, incomingCall);
			this.emit("incomingCall", { incomingCall });
			return;
		}
		if (!("call" in message)) return;
		if (message.type === "incomingEnded") this.#stopRinging(message);
		this.#calls.get(message.call)?.receive(message);
	}
	#stopRinging(message) {
		this.#ringing.get(message.call)?.ended(message.reason ?? {
			code: 487,
			subCode: 0
		});
		this.#ringing.delete(message.call);
	}
	#up(welcome, resumed) {
		clearTimeout(this.#lost);
		this.#iceServers = welcome.iceServers ?? this.#iceServers;
		this.#become("Connected");
		for (const [id, call] of this.#calls) if (call.agreed && call.state !== "Connecting") this.#unlisted.add(id);
		for (const id of this.#ringing.keys()) this.#unlisted.add(id);
		if (!resumed) return this.#forgotten();
		for (const call of this.#calls.values()) call.recovery.serverIsBack();
		this.#lost = setTimeout(() => this.#endUnlisted(), resumeTimeout);
	}
	/** The server does not know our calls any more: it is a new one, or we were away for too long. */
	#forgotten() {
		for (const [id, call] of this.#calls) if (call.agreed) this.#unlisted.add(id);
		this.#endUnlisted();
	}
	#endUnlisted() {
		const reason = reasonOf(problem("connectionLost"));
		for (const id of this.#unlisted) {
			this.#calls.get(id)?.end(reason);
			this.#ringing.get(id)?.ended(reason);
			this.#ringing.delete(id);
		}
		this.#unlisted.clear();
	}
	#networkChanged() {
		this.#options.signalling.hurry();
		for (const call of this.#calls.values()) call.recovery.networkChanged();
	}
	#down() {
		this.#become("Disconnected", "connectionIssue");
		clearTimeout(this.#lost);
		this.#unlisted.clear();
		this.#lost = setTimeout(() => this.#endAll(problem("connectionLost")), reconnectTimeout);
	}
	#ended(error) {
		clearTimeout(this.#lost);
		clearInterval(this.#tokenTimer);
		this.#unwatchNetwork();
		this.#endAll(error);
		const refused = error.code === 401 || error.code === 403;
		this.#become("Disconnected", refused ? "invalidToken" : "connectionIssue");
	}
	#endAll(error) {
		for (const call of [...this.#calls.values()]) call.end(reasonOf(error));
		for (const incoming of [...this.#ringing.values()]) incoming.ended(reasonOf(error));
		this.#ringing.clear();
	}
	#become(newValue, reason) {
		const oldValue = this.#connectionState;
		if (newValue === oldValue) return;
		this.#connectionState = newValue;
		this.emit("connectionStateChanged", {
			newValue,
			oldValue,
			...reason ? { reason } : {}
		});
	}
	/** A credential that fetches new tokens has them sent on, so that the old one never expires in use. */
	#watchToken() {
		const look = async () => {
			const { token } = await this.#options.credential.getToken();
			if (this.#sentToken !== "" && token !== this.#sentToken) this.#options.signalling.notify({
				type: "token",
				token
			});
			this.#sentToken = token;
		};
		const quietly = () => void look().catch((error) => this.#options.log.warning("token", error));
		quietly();
		this.#tokenTimer = setInterval(quietly, tokenInterval);
	}
};
/** The one place that a locator names, and nothing else that may be in it. */
function oneOf(locator) {
	if ("groupId" in locator && locator.groupId) return { groupId: locator.groupId };
	if ("roomId" in locator && locator.roomId) return { roomId: locator.roomId };
	if ("meetingLink" in locator && locator.meetingLink) return { meetingLink: locator.meetingLink };
	if (!("meetingId" in locator) || !locator.meetingId) throw problem("badArgument");
	const meetingId = locator.meetingId.replace(/\s/g, "");
	return locator.passcode ? {
		meetingId,
		passcode: locator.passcode
	} : { meetingId };
}
/** Whether two agents are the same user's. */
function sameUser(one, other) {
	return getIdentifierRawId(one.identifier) === getIdentifierRawId(other.identifier);
}
// src/client/devices.ts
/** The microphones, speakers and cameras of this computer, and which of them calls use. */
var Devices = class extends Emitter {
	#microphone;
	#speaker;
	#audio = [];
	#video = [];
	#changed = () => void this.#refresh();
	constructor() {
		super();
		navigator.mediaDevices?.addEventListener("devicechange", this.#changed);
	}
	get isSpeakerSelectionAvailable() {
		return typeof HTMLMediaElement !== "undefined" && "setSinkId" in HTMLMediaElement.prototype;
	}
	get selectedMicrophone() {
		return this.#microphone;
	}
	get selectedSpeaker() {
		return this.#speaker;
	}
	async askDevicePermission(wanted) {
		const ask = async (kind) => {
			if (!wanted[kind]) return false;
			try {
				const stream = await navigator.mediaDevices.getUserMedia({ [kind]: true });
				for (const track of stream.getTracks()) track.stop();
				return true;
			} catch {
				return false;
			}
		};
		const access = {
			audio: await ask("audio"),
			video: await ask("video")
		};
		await this.#refresh();
		return access;
	}
	async getMicrophones() {
		await this.#refresh();
		return this.#audio.filter((device) => device.deviceType === "Microphone");
	}
	async getSpeakers() {
		if (!this.isSpeakerSelectionAvailable) throw problem("speakersUnknown");
		await this.#refresh();
		return this.#audio.filter((device) => device.deviceType === "Speaker");
	}
	async getCameras() {
		await this.#refresh();
		return [...this.#video];
	}
	async selectMicrophone(device) {
		if (device.id === this.#microphone?.id) return;
		this.#microphone = device;
		this.emit("selectedMicrophoneChanged");
	}
	async selectSpeaker(device) {
		if (!this.isSpeakerSelectionAvailable) throw problem("speakersUnknown");
		if (device.id === this.#speaker?.id) return;
		this.#speaker = device;
		this.emit("selectedSpeakerChanged");
	}
	dispose() {
		navigator.mediaDevices?.removeEventListener("devicechange", this.#changed);
	}
	async #refresh() {
		const all = await navigator.mediaDevices?.enumerateDevices() ?? [];
		const audio = all.filter((device) => device.kind !== "videoinput").map(audioDevice);
		const video = all.filter((device) => device.kind === "videoinput").map(videoDevice);
		const audioUpdate = difference(this.#audio, audio);
		const videoUpdate = difference(this.#video, video);
		this.#audio = audio;
		this.#video = video;
		this.#choose();
		if (audioUpdate) this.emit("audioDevicesUpdated", audioUpdate);
		if (videoUpdate) this.emit("videoDevicesUpdated", videoUpdate);
	}
	/** A selected device that is gone gives way to the system's choice. */
	#choose() {
		const microphone = this.#pick("Microphone", this.#microphone);
		if (microphone?.id !== this.#microphone?.id) {
			this.#microphone = microphone;
			this.emit("selectedMicrophoneChanged");
		}
		const speaker = this.isSpeakerSelectionAvailable ? this.#pick("Speaker", this.#speaker) : void 0;
		if (speaker?.id !== this.#speaker?.id) {
			this.#speaker = speaker;
			this.emit("selectedSpeakerChanged");
		}
	}
	#pick(type, current) {
		const fitting = this.#audio.filter((device) => device.deviceType === type && deviceId(device.id) !== "");
		return fitting.find((device) => device.id === current?.id) ?? fitting.find((device) => device.isSystemDefault) ?? fitting[0];
	}
};
function audioDevice(device) {
	const microphone = device.kind === "audioinput";
	return {
		name: device.label,
		id: taggedId(microphone ? "microphone" : "speaker", device.deviceId),
		isSystemDefault: device.deviceId === "default",
		deviceType: microphone ? "Microphone" : "Speaker"
	};
}
function videoDevice(device) {
	return {
		name: device.label,
		id: taggedId("camera", device.deviceId),
		deviceType: "Unknown"
	};
}
/** What came and went between two lists, or undefined if nothing did. A device that gets its name counts as new. */
function difference(before, after) {
	const lacks = (list) => (device) => !list.some((other) => other.id === device.id && other.name === device.name);
	const update = {
		added: after.filter(lacks(before)),
		removed: before.filter(lacks(after))
	};
	return update.added.length + update.removed.length > 0 ? update : void 0;
}
// src/client/log.ts
var severities = {
	verbose: 0,
	info: 1,
	warning: 2,
	error: 3
};
var threshold;
/** Logs from this level up; undefined, the default, logs nothing. */
function setLogLevel(level) {
	threshold = level;
}
function getLogLevel() {
	return threshold;
}
/** Where all logging ends. Replace `AzureLogger.log` to send it elsewhere. */
var AzureLogger = { log: (...args) => console.log(...args) };
/** A logger whose lines begin with `botd:<name>:<level>`. */
function createClientLogger(name) {
	const at = (level) => (...args) => {
		if (threshold === void 0 || severities[level] < severities[threshold]) return;
		AzureLogger.log(`botd:${name}:${level}`, ...args);
	};
	return {
		verbose: at("verbose"),
		info: at("info"),
		warning: at("warning"),
		error: at("error")
	};
}
// src/client/protocol.ts
var subprotocol = "botd.signal.v1";
var text = (value) => typeof value === "string";
var number$1 = (value) => typeof value === "number";
var identifier = (value) => fields(value, { rawId: text });
var member = (value) => fields(value, {
	participantId: text,
	identifier,
	state: text
});
var truth = (value) => typeof value === "boolean";
var voice = (value) => fields(value, {
	participantId: text,
	identifier,
	isSpeaking: truth
});
var voices = (value) => Array.isArray(value) && value.every(voice);
var travel = (value) => fields(value, { grade: text });
var members = (value) => Array.isArray(value) && value.every(member);
var required = {
	welcome: { user: identifier },
	ok: {},
	error: { code: number$1 },
	unregistered: { code: number$1 },
	pong: {},
	incoming: {
		call: text,
		from: identifier
	},
	incomingEnded: { call: text },
	state: {
		call: text,
		state: text
	},
	answer: {
		call: text,
		sdp: text
	},
	candidate: { call: text },
	roster: {
		call: text,
		participants: members
	},
	role: {
		call: text,
		role: text
	},
	callInfo: {
		call: text,
		serverCallId: text,
		participantId: text
	},
	muted: { call: text },
	unmuted: { call: text },
	mutedSpeaking: { call: text },
	speakers: {
		call: text,
		speakers: voices
	},
	caption: {
		call: text,
		participantId: text,
		identifier,
		text,
		language: text,
		isFinal: truth,
		timestamp: text
	},
	quality: {
		call: text,
		send: travel,
		receive: travel
	}
};
/** Reads one message. It is undefined for what is not JSON, unknown or incomplete: a newer server may say more than we know. */
function parse(data) {
	if (typeof data !== "string") return void 0;
	try {
		const message = JSON.parse(data);
		const type = message?.type;
		if (typeof type !== "string" || !Object.hasOwn(required, type)) return void 0;
		return fields(message, required[type] ?? {}) ? message : void 0;
	} catch {
		return;
	}
}
function fields(value, checks) {
	if (typeof value !== "object" || value === null) return false;
	const record = value;
	return Object.entries(checks).every(([name, check]) => check(record[name]));
}
// src/client/signalling.ts
var helloTimeout = 1e4;
var requestTimeout = 45e3;
var pingInterval = 2e4;
var pongTimeout = 1e4;
var hurriedPongTimeout = 3e3;
var firstDelay = 250;
var longestDelay = 1e4;
/**
* The signalling socket of one call agent. It reconnects by itself, resumes the session, and
* then sends again what the server has not answered, with the same `ref` and in the same order.
*/
var Signalling = class extends Emitter {
	#options;
	#open;
	#socket;
	#registered = false;
	#resume;
	#failures = 0;
	#over;
	#lastToken = "";
	#nextRef = 1;
	#outbox = [];
	#timers = {
		hello: 0,
		ping: 0,
		pong: 0,
		retry: 0
	};
	constructor(options) {
		super();
		this.#options = options;
		this.#open = options.open ?? ((url, protocol) => new WebSocket(url, protocol));
	}
	/** Opens the socket and registers. Only this first attempt can fail; later ones are repeated. */
	connect() {
		return new Promise((resolve, reject) => {
			const up = (welcome) => (stop(), resolve(welcome));
			const down = () => {
				stop();
				this.#finish(problem("cannotConnect"));
				reject(problem("cannotConnect"));
			};
			const ended = (error) => (stop(), reject(error));
			const stop = () => {
				this.off("up", up);
				this.off("down", down);
				this.off("ended", ended);
			};
			this.on("up", up);
			this.on("down", down);
			this.on("ended", ended);
			this.#dial();
		});
	}
	/** Resolves when the server has agreed, rejects when it has refused or not answered in 45 s. */
	request(message) {
		if (this.#over) return Promise.reject(this.#over);
		return new Promise((resolve, reject) => {
			const ref = this.#nextRef++;
			const timer = setTimeout(() => waiting.settle(problem("requestTimedOut")), requestTimeout);
			const waiting = {
				body: {
					...message,
					ref
				},
				ref,
				sent: false,
				settle: (error) => {
					clearTimeout(timer);
					this.#outbox = this.#outbox.filter((other) => other !== waiting);
					if (error) reject(error);
					else resolve();
				}
			};
			this.#outbox.push(waiting);
			this.#flush();
		});
	}
	/** Sends something that is not answered, after all that is waiting to be sent. */
	notify(message) {
		if (this.#over) return;
		this.#outbox.push({
			body: { ...message },
			ref: void 0,
			sent: false,
			settle: () => void 0
		});
		this.#flush();
	}
	/** The network is back: tries again now instead of later, and asks a socket that seems to work whether it does. */
	hurry() {
		if (this.#registered) this.#ask(hurriedPongTimeout);
		if (this.#timers.retry === 0) return;
		clearTimeout(this.#timers.retry);
		this.#timers.retry = 0;
		this.#failures = 0;
		this.#dial();
	}
	close() {
		this.#finish(problem("disposed"));
	}
	async #dial() {
		try {
			this.#lastToken = await this.#options.token();
		} catch (cause) {
			this.#finish(new CommunicationServicesError({
				code: 401,
				subCode: 10009,
				message: "No access token."
			}, { cause }));
			return;
		}
		if (this.#over) return;
		let socket;
		try {
			socket = this.#open(this.#options.url, subprotocol);
		} catch (cause) {
			this.#finish(problem("cannotConnect", cause));
			return;
		}
		this.#socket = socket;
		socket.onopen = () => this.#hello(socket);
		socket.onmessage = (event) => this.#hear(event.data);
		socket.onclose = () => this.#drop(socket);
		this.#timers.hello = later(() => this.#drop(socket), helloTimeout);
	}
	#hello(socket) {
		const { displayName } = this.#options;
		const hello = {
			type: "hello",
			token: this.#lastToken
		};
		if (displayName) hello["displayName"] = displayName;
		if (this.#resume) hello["resume"] = this.#resume;
		socket.send(JSON.stringify(hello));
	}
	#hear(data) {
		this.#alive();
		const message = parse(data);
		this.#options.log.verbose("received", message?.type ?? "something unknown");
		if (!message) return;
		switch (message.type) {
			case "welcome": return this.#welcome(message);
			case "unregistered": return this.#unregistered(message);
			case "ok": return this.#answer(message.ref);
			case "error":
				if (message.ref === void 0 && !this.#registered) return this.#unregistered(message);
				return this.#answer(message.ref, new CommunicationServicesError(message));
			case "pong": return;
			default: this.emit("message", message);
		}
	}
	#welcome(welcome) {
		clearTimeout(this.#timers.hello);
		const resumed = welcome.resume !== void 0 && welcome.resume === this.#resume;
		this.#resume = welcome.resume;
		this.#registered = true;
		this.#failures = 0;
		this.emit("up", welcome, resumed);
		this.#flush();
	}
	/** A token that has run out meanwhile is worth one more attempt with a new one. */
	#unregistered(refusal) {
		const error = new CommunicationServicesError(refusal);
		const refused = this.#lastToken;
		this.#options.token().then((token) => token === refused ? this.#finish(error) : this.#drop(this.#socket), () => this.#finish(error));
	}
	#answer(ref, error) {
		this.#outbox.find((waiting) => waiting.ref !== void 0 && waiting.ref === ref)?.settle(error);
	}
	#flush() {
		if (!this.#registered || !this.#socket) return;
		for (const waiting of this.#outbox) {
			if (waiting.sent) continue;
			waiting.sent = true;
			this.#options.log.verbose("sending", waiting.body["type"]);
			this.#socket.send(JSON.stringify(waiting.body));
		}
		this.#outbox = this.#outbox.filter((waiting) => waiting.ref !== void 0);
	}
	#drop(socket) {
		if (this.#over || socket === void 0 || socket !== this.#socket) return;
		this.#forget();
		this.#options.log.warning("the signalling socket dropped");
		for (const waiting of this.#outbox) waiting.sent = false;
		const delay = Math.min(firstDelay * 2 ** this.#failures++, longestDelay);
		this.#timers.retry = later(() => {
			this.#timers.retry = 0;
			this.#dial();
		}, delay * (.75 + Math.random() / 2));
		this.emit("down");
	}
	#finish(error) {
		if (this.#over) return;
		this.#over = error;
		this.#forget();
		clearTimeout(this.#timers.retry);
		for (const waiting of [...this.#outbox]) waiting.settle(error);
		this.emit("ended", error);
	}
	#forget() {
		this.#registered = false;
		clearTimeout(this.#timers.hello);
		clearTimeout(this.#timers.ping);
		clearTimeout(this.#timers.pong);
		const socket = this.#socket;
		this.#socket = void 0;
		if (!socket) return;
		socket.onopen = socket.onmessage = socket.onclose = null;
		socket.close();
	}
	/** Something came, so the socket works; after a while without anything it is asked. */
	#alive() {
		clearTimeout(this.#timers.pong);
		clearTimeout(this.#timers.ping);
		this.#timers.ping = later(() => this.#ask(pongTimeout), pingInterval);
	}
	#ask(patience) {
		const socket = this.#socket;
		clearTimeout(this.#timers.pong);
		socket?.send("{\"type\":\"ping\"}");
		this.#timers.pong = later(() => this.#drop(socket), patience);
	}
};
function later(what, delay) {
	return setTimeout(what, delay);
}
// src/client/client.ts
/** Where everything begins: one per page, or one per botd that the page talks to. */
var CallClient = class {
	#options;
	#agents = /* @__PURE__ */ new Set();
	#devices;
	constructor(options) {
		this.#options = options ?? {};
	}
	/** Registers the token's user. Rejected if the server cannot be reached or refuses the token. */
	async createCallAgent(tokenCredential, options) {
		const log = this.#options.logger ?? createClientLogger("calling");
		const signalling = new Signalling({
			url: signalUrl(this.#options.endpoint ?? location.origin),
			token: async () => (await tokenCredential.getToken()).token,
			log,
			...options?.displayName ? { displayName: options.displayName } : {}
		});
		const welcome = await signalling.connect();
		const agent = new AgentObject({
			signalling,
			devices: this.#deviceManager(),
			credential: tokenCredential,
			iceServers: this.#options.networkConfiguration?.turn?.iceServers ?? [],
			displayName: options?.displayName,
			log
		}, welcome);
		return this.#keep(agent, signalling);
	}
	async getDeviceManager() {
		return this.#deviceManager();
	}
	async dispose() {
		await Promise.all([...this.#agents].map((agent) => agent.dispose()));
		this.#devices?.dispose();
		this.#devices = void 0;
	}
	#deviceManager() {
		this.#devices ??= new Devices();
		return this.#devices;
	}
	#keep(agent, signalling) {
		if ([...this.#agents].some((other) => sameUser(other, agent))) {
			signalling.close();
			throw problem("agentExists");
		}
		this.#agents.add(agent);
		signalling.on("ended", () => this.#agents.delete(agent));
		return agent;
	}
};
/**
* The signalling socket of a server, given its address.
* @internal
*/
function signalUrl(endpoint) {
	const url = new URL("/client/signal", endpoint);
	url.protocol = url.protocol === "http:" ? "ws:" : "wss:";
	return url.href;
}
// src/client/credential.ts
/** A token this close to its end, in milliseconds, is not used for anything new. */
var spare = 1e4;
/** A proactive refresh comes this long, in milliseconds, before the end. */
var early = 6e5;
/** A user's token: one that stays, or one that is fetched again when it is about to expire. */
var AzureCommunicationTokenCredential = class {
	#current;
	#refresher;
	#proactive;
	#fetching;
	#timer;
	#disposed = false;
	constructor(token) {
		const options = typeof token === "string" ? { token } : token;
		this.#refresher = options.tokenRefresher;
		this.#proactive = options.refreshProactively ?? false;
		if (options.token) this.#keep(options.token);
		else if (this.#proactive) this.#fetch().catch(() => void 0);
	}
	async getToken(options) {
		if (this.#disposed) throw new Error("The token credential has been disposed.");
		if (this.#current && (!this.#refresher || this.#current.expiresOnTimestamp - Date.now() > spare)) return this.#current;
		return this.#fetch(options?.abortSignal);
	}
	dispose() {
		this.#disposed = true;
		clearTimeout(this.#timer);
	}
	#fetch(signal) {
		const refresher = this.#refresher;
		if (!refresher) return Promise.reject(/* @__PURE__ */ new Error("There is no token and no way to fetch one."));
		this.#fetching ??= refresher(signal).then((token) => this.#keep(token)).finally(() => this.#fetching = void 0);
		return this.#fetching;
	}
	#keep(token) {
		this.#current = {
			token,
			expiresOnTimestamp: expiry(token)
		};
		this.#schedule(this.#current.expiresOnTimestamp);
		return this.#current;
	}
	#schedule(end) {
		clearTimeout(this.#timer);
		if (!this.#proactive || !this.#refresher || this.#disposed || !Number.isFinite(end)) return;
		const left = end - Date.now();
		const wait = Math.min(Math.max(left - early, left / 2, 1e3), 2 ** 31 - 1);
		this.#timer = setTimeout(() => void this.#fetch().catch(() => this.#schedule(end)), wait);
	}
};
/** When a JSON Web Token expires (RFC 7519, section 4.1.4), in milliseconds since 1970. */
function expiry(token) {
	try {
		const payload = token.split(".")[1] ?? "";
		const exp = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))).exp;
		return typeof exp === "number" ? exp * 1e3 : Infinity;
	} catch {
		return Infinity;
	}
}
// src/client/captions.ts
/** Shows what is said, between startCaptions and stopCaptions. */
var ShownCaptions = class extends Emitter {
	kind = "Captions";
	#active = false;
	#language = "";
	get isCaptionsFeatureActive() {
		return this.#active;
	}
	get activeSpokenLanguage() {
		return this.#language;
	}
	get supportedSpokenLanguages() {
		return this.#language === "" ? [] : [this.#language];
	}
	async startCaptions(options) {
		if (options && this.#language !== "") await this.setSpokenLanguage(options.spokenLanguage);
		this.#turn(true);
	}
	async stopCaptions() {
		this.#turn(false);
	}
	async setSpokenLanguage(language) {
		if (language.toLowerCase() !== this.#language.toLowerCase()) throw problem("languageFixed");
	}
	receive(caption) {
		if (caption.language !== this.#language) {
			this.#language = caption.language;
			this.emit("SpokenLanguageChanged");
		}
		if (!this.#active) return;
		this.emit("CaptionsReceived", {
			resultType: caption.isFinal ? "Final" : "Partial",
			speaker: {
				identifier: fromModel(caption.identifier),
				...caption.displayName ? { displayName: caption.displayName } : {}
			},
			spokenLanguage: caption.language,
			spokenText: caption.text,
			timestamp: new Date(caption.timestamp)
		});
	}
	#turn(active) {
		if (active === this.#active) return;
		this.#active = active;
		this.emit("CaptionsActiveChanged");
	}
};
/** Captions of a call. */
var CaptionsFeature = class extends Emitter {
	name = "Captions";
	captions = new ShownCaptions();
	#call;
	#receive = (caption) => this.captions.receive(caption);
	constructor(call) {
		super();
		this.#call = call;
		call.vitals.on("captionReceived", this.#receive);
	}
	dispose() {
		this.#call.vitals.off("captionReceived", this.#receive);
	}
};
// src/client/findings.ts
/** What is known of a group of diagnostics. */
var Findings = class extends Emitter {
	#latest = {};
	/** A diagnostic that was never made is missing. */
	getLatest() {
		return { ...this.#latest };
	}
	/** Keeps a value and tells if it is new. All being well at first is no news, and undefined is not to know. */
	set(diagnostic, value) {
		const before = this.#latest[diagnostic];
		if (value === void 0 || before?.value === value) return;
		const valueType = typeof value === "boolean" ? "DiagnosticFlag" : "DiagnosticQuality";
		this.#latest[diagnostic] = {
			value,
			valueType
		};
		const well = value === false || value === DiagnosticQuality.Good;
		if (before || !well) this.emit("diagnosticChanged", {
			diagnostic,
			value,
			valueType
		});
	}
};
// src/client/muted_speech.ts
/** How often the microphone is listened to, in milliseconds. */
var period$2 = 100;
/** How many of them must be loud for it to be speech; after a memory without any it is over. */
var enough = 4;
/** A microphone louder than this, of 100, has somebody speaking into it: -33 dBFS. */
var speech = 45;
/** Hears that somebody speaks who is muted. It listens as long as they are muted in a call that goes on. */
var MutedSpeech = class {
	#call;
	#tell;
	#changed = () => void this.#listen();
	#heard = () => this.#serverHeard();
	#kept = () => void 0;
	#volume;
	#timer;
	#recent = [];
	#turn = 0;
	constructor(call, tell) {
		this.#call = call;
		this.#tell = tell;
		for (const event of [
			"isMutedChanged",
			"stateChanged",
			"localAudioStreamsUpdated"
		]) call.on(event, this.#changed);
		call.vitals.on("mutedSpeaking", this.#heard);
		this.#listen();
	}
	dispose() {
		for (const event of [
			"isMutedChanged",
			"stateChanged",
			"localAudioStreamsUpdated"
		]) this.#call.off(event, this.#changed);
		this.#call.vitals.off("mutedSpeaking", this.#heard);
		this.#turn++;
		this.#stop();
	}
	get #isMuted() {
		return this.#call.isMuted && this.#call.state === "Connected";
	}
	/** Begins anew, or stops. */
	async #listen() {
		const turn = ++this.#turn;
		this.#stop();
		this.#tell(false);
		if (!this.#isMuted) return;
		this.#timer = setInterval(() => this.#look(), period$2);
		const volume = await this.#call.localAudioStreams[0]?.getVolume();
		if (turn !== this.#turn) return;
		this.#volume = volume;
		volume?.on("levelChanged", this.#kept);
	}
	#stop() {
		clearInterval(this.#timer);
		this.#volume?.off("levelChanged", this.#kept);
		this.#volume = void 0;
		this.#recent = [];
	}
	#look() {
		this.#recent = [...this.#recent, (this.#volume?.level ?? 0) > speech].slice(-20);
		const loud = this.#recent.filter(Boolean).length;
		if (loud >= enough) this.#tell(true);
		else if (loud === 0) this.#tell(false);
	}
	/** The server has heard an utterance. */
	#serverHeard() {
		if (!this.#isMuted) return;
		this.#recent = Array(enough).fill(true);
		this.#tell(true);
	}
};
// src/client/silence.ts
/** How long, in milliseconds, a microphone may give nothing before that is told. */
var patience = 1e4;
/** Finds a microphone that gives no samples, or none but zeros: the quietest room has noise. */
var Silence = class {
	#track;
	#source;
	/** When each figure grew last. */
	#energyAt = 0;
	#samplesAt = 0;
	/** Takes what is measured of what the track, which should have sound, gives; undefined starts anew. */
	look(track, stats) {
		const now = Date.now();
		const source = track === void 0 ? void 0 : sourceIn(stats);
		const before = track === this.#track ? this.#source : void 0;
		this.#track = track;
		this.#source = source;
		if (!source || !before || source.totalAudioEnergy > before.totalAudioEnergy) this.#energyAt = now;
		if (!source || !before || source.totalSamplesDuration > before.totalSamplesDuration) this.#samplesAt = now;
		const stalled = now - this.#samplesAt >= patience;
		return {
			stalled,
			silent: !stalled && now - this.#energyAt >= patience
		};
	}
};
/** The figures of the microphone, where the browser has them. */
function sourceIn(stats) {
	for (const one of stats.values()) {
		if (one["type"] !== "media-source" || one["kind"] !== "audio") continue;
		const { totalAudioEnergy, totalSamplesDuration } = one;
		if (typeof totalAudioEnergy === "number" && typeof totalSamplesDuration === "number") return {
			totalAudioEnergy,
			totalSamplesDuration
		};
	}
}
// src/client/media_diagnostics.ts
/** Watches the microphone and the speakers of a call. */
var MediaWatch = class extends Findings {
	#call;
	#speech;
	#silence = new Silence();
	#list = () => void this.#count().catch(() => void 0);
	#failed = ({ denied }) => {
		this.set(denied ? "microphonePermissionDenied" : "microphoneNotFunctioning", true);
	};
	#permission;
	#allowed = () => this.set("microphonePermissionDenied", this.#permission?.state === "denied");
	#disposed = false;
	constructor(call) {
		super();
		this.#call = call;
		this.#speech = new MutedSpeech(call, (speaks) => this.set("speakingWhileMicrophoneIsMuted", speaks));
		call.vitals.on("microphoneFailed", this.#failed);
		call.devices.on("audioDevicesUpdated", this.#list);
		this.#list();
		this.#watchPermission().catch(() => void 0);
	}
	dispose() {
		this.#disposed = true;
		this.#speech.dispose();
		this.#call.vitals.off("microphoneFailed", this.#failed);
		this.#call.devices.off("audioDevicesUpdated", this.#list);
		this.#permission?.removeEventListener("change", this.#allowed);
	}
	/** Takes the figures of the moment. */
	look(stats) {
		const { track } = this.#call.vitals;
		if (!track) return;
		const sends = track.enabled && !track.muted && track.readyState === "live";
		const { stalled, silent } = this.#silence.look(sends ? track.id : void 0, stats);
		this.set("microphoneNotFunctioning", track.readyState === "ended" || stalled);
		this.set("microphoneMuteUnexpectedly", track.readyState === "live" && track.muted);
		this.set("microphoneNotMuteButSilent", silent);
	}
	/** Counts devices. Browsers that list no speakers, or only chosen ones, do not know whether there are any. */
	async #count() {
		const { devices } = this.#call;
		const microphones = await devices.getMicrophones();
		if (!this.#disposed) this.set("noMicrophoneDevicesEnumerated", microphones.length === 0);
		if (!devices.isSpeakerSelectionAvailable || "selectAudioOutput" in navigator.mediaDevices) return;
		const speakers = await devices.getSpeakers();
		if (!this.#disposed) this.set("noSpeakerDevicesEnumerated", speakers.length === 0);
	}
	/** A browser that does not tell of permissions is found out when the microphone is opened. */
	async #watchPermission() {
		const permission = await navigator.permissions.query({ name: "microphone" });
		if (this.#disposed) return;
		this.#permission = permission;
		permission.addEventListener("change", this.#allowed);
		this.#allowed();
	}
};
// src/client/grade.ts
/** How long, in milliseconds, sound must have been better before that is believed. */
var doubt = 1e4;
/** Fewer packets a second than this are a silence: one that is lost says nothing. */
var fewest = 10;
var grades = {
	good: DiagnosticQuality.Good,
	poor: DiagnosticQuality.Poor,
	bad: DiagnosticQuality.Bad
};
/** The server's grade; one that we do not know is no complaint. */
function gradeOf(word) {
	return grades[word ?? ""] ?? DiagnosticQuality.Good;
}
/**
* How good a stream is: loss of 3 % is heard, of 10 % disturbs; so do 30 and 100 ms of jitter, 400
* and 800 ms of round trip. It is undefined where there is nothing to judge by.
*/
function judge(stream) {
	const { packetsPerSecond: packets, packetsLostPerSecond: lost = 0, jitterInMs = 0, rttInMs = 0 } = stream ?? {};
	if (packets === void 0 || packets + lost < fewest) return void 0;
	const loss = lost / (packets + lost);
	if (loss > .1 || jitterInMs > 100 || rttInMs > 800) return DiagnosticQuality.Bad;
	if (loss > .03 || jitterInMs > 30 || rttInMs > 400) return DiagnosticQuality.Poor;
	return DiagnosticQuality.Good;
}
/** A grade that falls at once, and rises when it has been better for a while. */
var Grader = class {
	#grade = DiagnosticQuality.Good;
	/** The worst since it was last as bad as the grade, and since when. */
	#better;
	take(now) {
		if (now === void 0) return this.#grade;
		if (now >= this.#grade) {
			this.#grade = now;
			this.#better = void 0;
			return now;
		}
		const since = this.#better?.since ?? Date.now();
		const worst = now > (this.#better?.grade ?? 0) ? now : this.#better?.grade ?? now;
		this.#better = {
			grade: worst,
			since
		};
		if (Date.now() - since < doubt) return this.#grade;
		this.#grade = worst;
		this.#better = void 0;
		return worst;
	}
};
// src/client/stats_sample.ts
var fullScale = 65536;
/**
* Reads the figures of one moment; rates need the report before. What the browser does not know of
* what happens to the sound on its way is taken from what the server measured, if it has just done so.
*/
function sampleOf(now, before, server) {
	const reader = new Reader(now, before);
	return {
		audio: {
			send: reader.all("outbound-rtp").map((raw) => outgoing(reader, raw, server)),
			receive: reader.all("inbound-rtp").map((raw) => incoming(reader, raw, server))
		},
		video: {
			send: [],
			receive: []
		},
		screenShare: {
			send: [],
			receive: []
		},
		transports: reader.all("transport").map((raw) => transport(reader, raw))
	};
}
function outgoing(reader, raw, server) {
	const remote = reader.get(raw["remoteId"]);
	const source = reader.get(raw["mediaSourceId"]);
	return present({
		...common(reader, raw, "packetsSent", "bytesSent"),
		jitterInMs: milliseconds(remote?.["jitter"]) ?? server?.send.jitterMs,
		packetsLost: number(remote?.["packetsLost"]) ?? server?.send.packetsLost,
		packetsLostPerSecond: remote && reader.rate(remote, "packetsLost"),
		rttInMs: milliseconds(remote?.["roundTripTime"]) ?? reader.pairRtt() ?? server?.receive.roundTripMs,
		audioInputLevel: level(source?.["audioLevel"])
	});
}
function incoming(reader, raw, server) {
	const emitted = reader.rate(raw, "jitterBufferEmittedCount");
	const delay = reader.rate(raw, "jitterBufferDelay");
	const samples = reader.rate(raw, "totalSamplesReceived");
	const concealed = reader.rate(raw, "concealedSamples");
	return present({
		...common(reader, raw, "packetsReceived", "bytesReceived"),
		jitterInMs: milliseconds(raw["jitter"]),
		packetsLost: number(raw["packetsLost"]),
		packetsLostPerSecond: reader.rate(raw, "packetsLost"),
		rttInMs: reader.pairRtt() ?? server?.receive.roundTripMs,
		jitterBufferDelayInMs: emitted && delay !== void 0 ? delay / emitted * 1e3 : void 0,
		audioOutputLevel: level(raw["audioLevel"]),
		healedRatio: samples && concealed !== void 0 ? concealed / samples : void 0
	});
}
function transport(reader, raw) {
	const pair = reader.get(raw["selectedCandidatePairId"]);
	return present({
		id: raw.id,
		rttInMs: milliseconds(pair?.["currentRoundTripTime"]),
		availableIncomingBitrate: number(pair?.["availableIncomingBitrate"]),
		availableOutgoingBitrate: number(pair?.["availableOutgoingBitrate"])
	});
}
function common(reader, raw, packets, bytes) {
	const codec = reader.get(raw["codecId"])?.["mimeType"];
	const byteRate = reader.rate(raw, bytes);
	return {
		id: String(raw["ssrc"] ?? raw.id),
		codecName: typeof codec === "string" ? codec.replace("audio/", "") : void 0,
		bitrate: byteRate === void 0 ? void 0 : byteRate * 8,
		packets: number(raw[packets]),
		packetsPerSecond: reader.rate(raw, packets),
		transportId: typeof raw["transportId"] === "string" ? raw["transportId"] : void 0
	};
}
var Reader = class {
	#now;
	#before;
	constructor(now, before) {
		this.#now = now;
		this.#before = before ?? /* @__PURE__ */ new Map();
	}
	/** All of a type; of the RTP ones those with sound. */
	all(type) {
		return [...this.#now.values()].filter((raw) => raw.type === type && (raw["kind"] ?? "audio") === "audio");
	}
	get(id) {
		return typeof id === "string" ? this.#now.get(id) : void 0;
	}
	/** How fast a counter grew since the report before, per second. */
	rate(raw, field) {
		const before = this.#before.get(raw.id);
		const [from, to] = [number(before?.[field]), number(raw[field])];
		if (before === void 0 || from === void 0 || to === void 0) return void 0;
		const seconds = (raw.timestamp - before.timestamp) / 1e3;
		return seconds > 0 ? Math.max(0, to - from) / seconds : void 0;
	}
	/** The round trip of the path in use. */
	pairRtt() {
		return milliseconds(this.get(this.all("transport")[0]?.["selectedCandidatePairId"])?.["currentRoundTripTime"]);
	}
};
function number(value) {
	return typeof value === "number" ? value : void 0;
}
function milliseconds(value) {
	return typeof value === "number" ? value * 1e3 : void 0;
}
function level(value) {
	return typeof value === "number" ? value * fullScale : void 0;
}
/** Leaves out what the browser did not say. */
function present(stats) {
	return Object.fromEntries(Object.entries(stats).filter(([, value]) => value !== void 0));
}
// src/client/network_diagnostics.ts
var reconnecting = {
	connected: DiagnosticQuality.Good,
	disconnected: DiagnosticQuality.Poor,
	failed: DiagnosticQuality.Bad
};
/** Watches the way between a call and the server. */
var NetworkWatch = class extends Findings {
	#call;
	#receive = new Grader();
	#send = new Grader();
	#changed = () => this.#update();
	#local;
	#before;
	constructor(call) {
		super();
		this.#call = call;
		for (const event of [
			"connectionChanged",
			"relaysChanged",
			"qualityChanged"
		]) call.vitals.on(event, this.#changed);
		globalThis.addEventListener?.("online", this.#changed);
		globalThis.addEventListener?.("offline", this.#changed);
		this.#update();
	}
	dispose() {
		const { vitals } = this.#call;
		for (const event of [
			"connectionChanged",
			"relaysChanged",
			"qualityChanged"
		]) vitals.off(event, this.#changed);
		globalThis.removeEventListener?.("online", this.#changed);
		globalThis.removeEventListener?.("offline", this.#changed);
	}
	/** Takes the figures of the moment. */
	look(stats) {
		const { audio } = sampleOf(stats, this.#before);
		this.#before = stats;
		this.#local = {
			receive: this.#receive.take(judge(audio.receive[0])),
			send: this.#send.take(judge(audio.send[0]))
		};
		this.#update();
	}
	#update() {
		const { connection, relaysReachable, quality } = this.#call.vitals;
		const offline = globalThis.navigator?.onLine === false;
		this.set("noNetwork", offline);
		this.set("networkReconnect", offline ? DiagnosticQuality.Bad : reconnecting[connection]);
		this.set("networkRelaysNotReachable", relaysReachable === void 0 ? void 0 : !relaysReachable);
		if (!quality && !this.#local) return;
		this.set("networkReceiveQuality", worse(this.#local?.receive, gradeOf(quality?.receive.grade)));
		this.set("networkSendQuality", worse(this.#local?.send, gradeOf(quality?.send.grade)));
	}
};
function worse(one = DiagnosticQuality.Good, other) {
	return one > other ? one : other;
}
// src/client/diagnostics.ts
/** How often things are looked at that tell nothing by themselves, in milliseconds. */
var period$1 = 2e3;
/** Watches one call for what its user should know. */
var UserFacingDiagnostics = class {
	name = "UserFacingDiagnostics";
	network;
	media;
	#call;
	#timer;
	constructor(call) {
		this.#call = call;
		this.network = new NetworkWatch(call);
		this.media = new MediaWatch(call);
		this.#timer = setInterval(() => void this.#look().catch(() => void 0), period$1);
	}
	dispose() {
		clearInterval(this.#timer);
		this.network.dispose();
		this.media.dispose();
	}
	async #look() {
		const stats = await this.#call.vitals.stats();
		this.network.look(stats);
		this.media.look(stats);
	}
};
// src/client/dominant_speakers.ts
/** Who speaks, and who did before, in the server's order, as long as they are in the call. */
var DominantSpeakers = class extends Emitter {
	name = "DominantSpeakers";
	#call;
	#look = () => this.#update();
	#order;
	#timestamp = /* @__PURE__ */ new Date();
	constructor(call) {
		super();
		this.#call = call;
		this.#order = this.#present();
		call.vitals.on("speakersChanged", this.#look);
		call.on("remoteParticipantsUpdated", this.#look);
	}
	get dominantSpeakers() {
		return {
			speakersList: this.#order.map((who) => fromModel(who.identifier)),
			timestamp: this.#timestamp
		};
	}
	dispose() {
		this.#call.vitals.off("speakersChanged", this.#look);
		this.#call.off("remoteParticipantsUpdated", this.#look);
	}
	/** Tells if others dominate now. That one of them is silent for a moment is their isSpeaking. */
	#update() {
		const order = this.#present();
		const ids = (list) => list.map((who) => who.participantId).join(" ");
		if (ids(order) === ids(this.#order)) return;
		this.#order = order;
		this.#timestamp = /* @__PURE__ */ new Date();
		this.emit("dominantSpeakersChanged");
	}
	#present() {
		const here = new Set(this.#call.remoteParticipants.flatMap((who) => who.endpointDetails.map((one) => one.participantId)));
		here.add(this.#call.info.participantId);
		return this.#call.vitals.speakers.filter((who) => here.has(who.participantId));
	}
};
// src/client/stats_summary.ts
/** Collects samples until there are enough for a summary. */
var Summary = class {
	#interval;
	#size;
	#samples = [];
	/** interval is in samples, points is how many intervals make a summary. */
	constructor(interval, points) {
		this.#interval = interval;
		this.#size = interval * Math.max(1, points);
	}
	add(sample) {
		this.#samples.push(sample);
		if (this.#samples.length < this.#size) return void 0;
		const samples = this.#samples.splice(0);
		return {
			audio: {
				send: this.#merge(samples.map((one) => one.audio.send)),
				receive: this.#merge(samples.map((one) => one.audio.receive))
			},
			video: {
				send: [],
				receive: []
			},
			screenShare: {
				send: [],
				receive: []
			},
			transports: this.#merge(samples.map((one) => one.transports))
		};
	}
	/** One entry for each id that was in any of the samples, with a MediaStatValue for each figure. */
	#merge(lists) {
		return [...new Set(lists.flat().map((one) => one.id))].map((id) => {
			const seen = lists.flatMap((list) => list.filter((one) => one.id === id));
			const names = new Set(seen.flatMap((one) => Object.keys(one)));
			names.delete("id");
			const merged = {};
			for (const name of names) merged[name] = this.#value(seen.map((one) => one[name]).filter((one) => one !== void 0));
			return {
				...merged,
				id
			};
		});
	}
	#value(raw) {
		const value = {
			raw,
			timestamp: /* @__PURE__ */ new Date()
		};
		if (raw.every((one) => typeof one === "number")) value.aggregation = aggregate(raw, this.#interval);
		return value;
	}
};
function aggregate(values, interval) {
	const result = {
		count: [],
		sum: [],
		min: [],
		max: []
	};
	for (let at = 0; at < values.length; at += interval) {
		const part = values.slice(at, at + interval);
		result.count.push(part.length);
		result.sum.push(part.reduce((sum, one) => sum + one, 0));
		result.min.push(Math.min(...part));
		result.max.push(Math.max(...part));
	}
	return result;
}
// src/client/media_stats.ts
/** Between samples, in milliseconds. */
var period = 1e3;
var MediaStats = class {
	name = "MediaStats";
	#call;
	#collectors = /* @__PURE__ */ new Set();
	#disposed = false;
	constructor(call) {
		this.#call = call;
	}
	createCollector(options) {
		const collector = new Collector(this.#call, options ?? {});
		this.#collectors.add(collector);
		if (this.#disposed) collector.dispose();
		return collector;
	}
	dispose() {
		this.#disposed = true;
		for (const collector of this.#collectors) collector.dispose();
	}
};
var Collector = class extends Emitter {
	#call;
	#summary;
	#timer;
	#before;
	#disposed = false;
	constructor(call, options) {
		super();
		this.#call = call;
		const interval = Math.max(1, Math.round(options.aggregationInterval ?? 10));
		this.#summary = new Summary(interval, options.dataPointsPerAggregation ?? 6);
		this.#timer = setInterval(() => void this.#take().catch(() => void 0), period);
	}
	dispose() {
		this.#disposed = true;
		clearInterval(this.#timer);
	}
	async #take() {
		const { vitals } = this.#call;
		const now = await vitals.stats();
		if (this.#disposed) return;
		const sample = sampleOf(now, this.#before, vitals.freshQuality);
		this.#before = now;
		this.emit("sampleReported", sample);
		const summary = this.#summary.add(sample);
		if (summary) this.emit("summaryReported", summary);
	}
};
// src/client/features.ts
/** What `call.feature` takes: every feature that works here, and none that does not. */
var Features = {
	Captions: {
		name: "Captions",
		create: (call) => new CaptionsFeature(call)
	},
	DominantSpeakers: {
		name: "DominantSpeakers",
		create: (call) => new DominantSpeakers(call)
	},
	MediaStats: {
		name: "MediaStats",
		create: (call) => new MediaStats(call)
	},
	UserFacingDiagnostics: {
		name: "UserFacingDiagnostics",
		create: (call) => new UserFacingDiagnostics(call)
	}
};
export { AzureCommunicationTokenCredential, AzureLogger, CallClient, CaptionsKind, CommunicationServicesError, DiagnosticQuality, Features, LocalAudioStream, createClientLogger, createIdentifierFromRawId, getIdentifierRawId, getLogLevel, setLogLevel };
