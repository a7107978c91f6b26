// Talking to the server: who I am, what was said, what is new; sending so that nothing is lost or doubled.

export let me = null;

export async function load() {
  const answer = await fetch("/webchat/api/me", { cache: "no-store" });
  if (answer.status === 401) { location.assign("/login"); throw new Error("log in"); }
  if (!answer.ok) throw new Error(`me: ${answer.status}`);
  me = await answer.json();
  return me;
}

export async function history(seat) {
  const answer = await fetch(`/webchat/api/history?seat=${encodeURIComponent(seat)}`, { cache: "no-store" });
  if (!answer.ok) throw new Error(`history: ${answer.status}`);
  return answer.json();
}

// Where the bytes of a file are; `message` is the bot's message that brought it.
export const fileAt = (ref, seat, message) =>
  `/webchat/api/files/${encodeURIComponent(ref)}?${new URLSearchParams({ seat, ...(message ? { message: String(message) } : {}) })}`;

// One attempt. Resolves to {ok}, {error, ...} (final), or {later} (try again with the same key).
export async function post(message, files = [], again = true) {
  const options = { method: "POST", headers: { "X-CSRF-Token": me.csrf } };
  if (files.length) {
    options.body = new FormData();
    for (const [name, value] of Object.entries(message)) options.body.append(name, value ?? "");
    for (const file of files) options.body.append("file", file, file.name);
  } else {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(message);
  }
  let answer;
  try {
    answer = await fetch("/webchat/api/messages", options);
  } catch {
    return { later: true };
  }
  const body = await answer.json().catch(() => ({}));
  if (answer.ok) return { ok: true, ...body };
  if (answer.status === 401) { location.assign("/login"); return { later: true }; }
  if (answer.status === 403 && body.error === "csrf" && again) {
    await load().catch(() => null);
    return post(message, files, false);
  }
  if (answer.status >= 500) return { later: true, ...body };
  return { error: body.error || "failed", ...body };
}

// Server-sent events for several seats at once; `last` is carried over breaks, so that nothing is missed.
export class Stream {
  constructor(seats, last, onMessage, onState) {
    Object.assign(this, { seats, last, onMessage, onState });
    this.pause = 1000;
    this.open();
  }

  open() {
    const query = new URLSearchParams({ seats: this.seats.join(","), after: String(this.last) });
    const source = new EventSource(`/webchat/api/stream?${query}`);
    source.addEventListener("ready", () => { this.pause = 1000; this.onState("online"); });
    source.addEventListener("message", (event) => {
      this.last = Math.max(this.last, Number(event.lastEventId) || 0);
      const { seat, message } = JSON.parse(event.data);
      this.onMessage(seat, message);
    });
    source.addEventListener("error", () => {
      source.close();
      this.onState("offline");
      setTimeout(async () => {
        await load().catch(() => null); // leads to the log-in when the session is over
        this.open();
      }, this.pause);
      this.pause = Math.min(this.pause * 2, 10000);
    });
  }
}
