// Listens to everything that the page receives over WebRTC, before any script
// of the page runs. Sound is kept with the sample it arrived at in the clock of
// one AudioContext at 48 kHz, and so is when something happened (mark), so that
// the two can be compared without a wall clock.
(() => {
  const rate = 48000;
  const context = new AudioContext({ sampleRate: rate });
  const tape = `registerProcessor('tape', class extends AudioWorkletProcessor {
    process([input]) {
      if (!this.pcm) Object.assign(this, { at: currentFrame, pcm: new Float32Array(1920), n: 0 });
      if (input.length > 0) this.pcm.set(input[0], this.n);
      this.n += 128;
      if (this.n < this.pcm.length) return true;
      this.port.postMessage({ at: this.at, pcm: this.pcm });
      this.pcm = undefined;
      return true;
    }
  });`;
  const module = context.audioWorklet.addModule(
    URL.createObjectURL(new Blob([tape], { type: 'text/javascript' })));

  const ears = { marks: {}, chunks: [] };

  // mark notes that something happens now. The first time counts.
  ears.mark = (name) => {
    ears.marks[name] ??= Math.round(context.currentTime * rate);
  };

  // forget makes the next call the first.
  ears.forget = () => {
    clearInterval(ears.counting);
    ears.marks = {};
    ears.chunks = [];
  };

  // heard gives the sound since a mark as 16-bit samples in base64, silence
  // where nothing arrived.
  ears.heard = (since) => {
    const from = ears.marks[since];
    const chunks = ears.chunks.filter((c) => c.at >= from);
    const last = chunks.at(-1);
    const pcm = new Int16Array(last ? last.at + last.pcm.length - from : 0);
    for (const c of chunks) {
      c.pcm.forEach((v, i) => {
        pcm[c.at - from + i] = Math.max(-32768, Math.min(32767, Math.round(v * 32767)));
      });
    }
    let bytes = '';
    for (const b of new Uint8Array(pcm.buffer)) bytes += String.fromCharCode(b);
    return btoa(bytes);
  };

  // until resolves when what passes.
  const until = (what, passes) =>
    new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${what}: ${JSON.stringify(ears.marks)}`)), 40000);
      const look = setInterval(() => {
        if (!passes()) return;
        clearTimeout(late);
        clearInterval(look);
        resolve(true);
      }, 20);
    });

  // lasted resolves when something has been heard for some seconds after a mark.
  ears.lasted = (mark, seconds) =>
    until(`${seconds} s after ${mark}`, () => ears.chunks.at(-1)?.at >= ears.marks[mark] + seconds * rate);

  // A chunk is loud that is above -40 dBFS.
  const loud = ({ pcm }) => pcm.reduce((sum, v) => sum + v * v, 0) > pcm.length * 1e-4;

  // begun resolves when, after a mark, sound came and some seconds more passed.
  ears.begun = (mark, seconds) =>
    until(`${seconds} s of sound after ${mark}`, () => {
      const first = ears.chunks.find((c) => c.at >= ears.marks[mark] && loud(c));
      return first && ears.chunks.at(-1).at > first.at + seconds * rate;
    });

  // quiet resolves when, after a mark, it was silent for some seconds in a row.
  ears.quiet = (mark, seconds) =>
    until(`${seconds} s of silence after ${mark}`, () => {
      const last = ears.chunks.findLast(loud);
      return ears.chunks.at(-1)?.at >= Math.max(ears.marks[mark], last ? last.at : 0) + seconds * rate;
    });

  // count notes, ten times a second until forget, how much of the sound of the
  // last call the browser has made up because packets came late, and how much it
  // has left out to make up for that.
  ears.count = () => {
    ears.counts = [];
    ears.counting = setInterval(async () => {
      const at = Math.round(context.currentTime * rate);
      const count = { at, up: 0, away: 0 };
      for (const s of (await ears.connection?.getStats())?.values() ?? []) {
        if (s.type !== 'inbound-rtp') continue;
        count.up += s.concealedSamples - s.silentConcealedSamples + s.insertedSamplesForDeceleration;
        count.away += s.removedSamplesForAcceleration;
      }
      ears.counts.push(count);
    }, 100);
  };

  // made is what was counted from one sample after a mark to another.
  ears.made = (mark, from, to) => {
    const start = ears.marks[mark];
    const before = ears.counts.findLast((c) => c.at <= start + from) ?? ears.counts[0];
    const after = ears.counts.find((c) => c.at >= start + to) ?? ears.counts.at(-1);
    return { up: after.up - before.up, away: after.away - before.away };
  };

  const kept = []; // from the garbage collector

  // listen records one track. Chromium gives no sound of a remote track to an
  // AudioContext unless an element plays it too.
  const listen = async (track) => {
    const stream = new MediaStream([track]);
    const element = new Audio();
    element.muted = true;
    element.srcObject = stream;
    element.play().catch(() => {});
    await module;
    const node = new AudioWorkletNode(context, 'tape', { channelCount: 1, channelCountMode: 'explicit' });
    node.port.onmessage = ({ data }) => {
      if (node === kept.at(-1)) ears.chunks.push(data); // the last call is the one that is heard
    };
    context.createMediaStreamSource(stream).connect(node).connect(context.destination);
    kept.push(element, node);
  };

  // The microphone as it is: a canceller would take the tone that comes back
  // for an echo, a noise suppressor for noise.
  const raw = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const devices = navigator.mediaDevices;
  if (devices) {
    const open = devices.getUserMedia.bind(devices);
    devices.getUserMedia = (wanted) => open({ ...wanted, audio: { ...wanted.audio, ...raw } });
  }

  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...args) {
      super(...args);
      ears.connection = this;
      this.addEventListener('track', ({ track }) => {
        if (track.kind === 'audio') listen(track);
      });
    }
  };
  window.ears = ears;
})();
