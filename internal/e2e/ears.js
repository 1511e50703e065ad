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

  // lasted resolves when something has been heard for some seconds after a mark.
  ears.lasted = (mark, seconds) =>
    new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${seconds} s after ${mark}: ${JSON.stringify(ears.marks)}`)), 40000);
      const look = setInterval(() => {
        const last = ears.chunks.at(-1);
        if (!last || !(last.at >= ears.marks[mark] + seconds * rate)) return;
        clearTimeout(late);
        clearInterval(look);
        resolve(true);
      }, 20);
    });

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
      this.addEventListener('track', ({ track }) => {
        if (track.kind === 'audio') listen(track);
      });
    }
  };
  window.ears = ears;
})();
