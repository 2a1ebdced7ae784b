// SHA-256 of a file, piece by piece and away from the page. The browser's own is not there on plain http, and wants
// the whole file in memory. Receives a file; answers {read} as it goes on and {sha256} or {unreadable} in the end.
(() => {
  "use strict";

  const PIECE = 1 << 20;
  const primes = [];
  for (let number = 2; primes.length < 64; number += 1) if (primes.every((prime) => number % prime)) primes.push(number);
  const fraction = (root) => ((root - Math.floor(root)) * 2 ** 32) | 0;
  const ROUNDS = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)));

  function hasher() {
    const state = Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
    const words = new Int32Array(64);
    const block = (view, at) => {
      for (let i = 0; i < 16; i += 1) words[i] = view.getInt32(at + 4 * i);
      for (let i = 16; i < 64; i += 1) {
        const w15 = words[i - 15], w2 = words[i - 2];
        const s0 = ((w15 >>> 7) | (w15 << 25)) ^ ((w15 >>> 18) | (w15 << 14)) ^ (w15 >>> 3);
        const s1 = ((w2 >>> 17) | (w2 << 15)) ^ ((w2 >>> 19) | (w2 << 13)) ^ (w2 >>> 10);
        words[i] = (words[i - 16] + s0 + words[i - 7] + s1) | 0;
      }
      let [a, b, c, d, e, f, g, h] = state;
      for (let i = 0; i < 64; i += 1) {
        const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
        const t1 = (h + s1 + ((e & f) ^ (~e & g)) + ROUNDS[i] + words[i]) | 0;
        const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
        const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
      }
      state[0] += a; state[1] += b; state[2] += c; state[3] += d; state[4] += e; state[5] += f; state[6] += g; state[7] += h;
    };
    const blocks = (bytes) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const whole = bytes.length - (bytes.length % 64);
      for (let at = 0; at < whole; at += 64) block(view, at);
      return bytes.subarray(whole);
    };
    // Pieces are whole blocks but for the last one, which is padded here.
    const finish = (rest, length) => {
      const last = new Uint8Array(rest.length < 56 ? 64 : 128);
      last.set(rest);
      last[rest.length] = 0x80;
      const view = new DataView(last.buffer);
      view.setUint32(last.length - 8, Math.floor(length / 2 ** 29));
      view.setUint32(last.length - 4, (length << 3) >>> 0);
      blocks(last);
      return [...state].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
    };
    return { blocks, finish };
  }

  self.onmessage = async ({ data: file }) => {
    try {
      const { blocks, finish } = hasher();
      let rest = new Uint8Array();
      for (let at = 0; at < file.size; at += PIECE) {
        rest = blocks(new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer()));
        self.postMessage({ read: Math.min(at + PIECE, file.size) });
      }
      self.postMessage({ sha256: finish(rest, file.size) });
    } catch {
      self.postMessage({ unreadable: true });
    }
  };
})();
