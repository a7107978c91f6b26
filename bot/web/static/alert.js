// Being noticed: a sound and a flashing title when somebody is paged.
import { word } from "./words.js";

let context = null;
let flashing = null;
let unseen = 0;

export function enableSound(on) {
  if (!on) { context?.close(); context = null; return; }
  context = new AudioContext();
  beep();
}

export const soundIsOn = () => context !== null;

export function alarm() {
  beep();
  if (document.hasFocus()) return;
  unseen += 1;
  if (flashing) return;
  let shown = false;
  flashing = setInterval(() => {
    shown = !shown;
    document.title = shown ? `(${unseen}) ${word("flash")}` : "Wardline";
  }, 1000);
}

window.addEventListener("focus", () => {
  clearInterval(flashing);
  flashing = null;
  unseen = 0;
  document.title = "Wardline";
});

function beep() {
  if (!context) return;
  for (const [start, pitch] of [[0, 880], [0.22, 1175], [0.44, 880]]) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    const at = context.currentTime + start;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.0001, at);
    volume.gain.exponentialRampToValueAtTime(0.25, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.18);
    tone.connect(volume).connect(context.destination);
    tone.start(at);
    tone.stop(at + 0.2);
  }
}
