// One seat: what was said, and the form to say something. Text is only ever set as text, never as markup.
import * as api from "./api.js";
import { alarm } from "./alert.js";
import { language, word } from "./words.js";

const RANK = ["administrator", "hospital_manager", "department_head", "provider_manager", "lead", "engineer", "clinician"];
const DOUBLE_CLICK = 700;   // milliseconds
const PAUSES = [1000, 2000, 5000, 10000];

export function make(tag, className = "", text = "", attributes = {}) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function sizeOf(bytes) {
  const unit = bytes < 1048576 ? "KB" : "MB";
  const count = bytes / (unit === "KB" ? 1024 : 1048576);
  return `${count < 10 ? Math.max(count, 0.1).toFixed(1) : Math.round(count)} ${unit}`;
}

export const roleOf = (seat) => RANK.find((role) => seat.roles.includes(role)) || "clinician";
export const nameOf = (seat) => (language === "en" && seat.name_en) || seat.name;
export const initialOf = (seat) => Array.from(seat.name.split("·").pop())[0] || "?";

export class Pane {
  constructor(seat, onUnread) {
    this.seat = seat;
    this.onUnread = onUnread;
    this.role = roleOf(seat);
    this.messages = new Map();   // "bot:<id>" or "me:<key>" -> message
    this.bubbles = new Map();
    this.over = new Map();       // id of a message -> the words in the place of its buttons
    this.pressed = new Map();    // id of a message -> action that was pressed under it
    this.pressedAt = -DOUBLE_CLICK;
    this.files = [];
    this.replyTo = null;
    this.store = `wardline.${seat.id}`;
    this.queue = this.read("queue", []);
    this.sending = false;
    this.build();
  }

  // what survives a reload of the page
  read(name, otherwise) {
    try { return JSON.parse(sessionStorage.getItem(`${this.store}.${name}`)) ?? otherwise; } catch { return otherwise; }
  }

  keep(name, value) {
    try { sessionStorage.setItem(`${this.store}.${name}`, JSON.stringify(value)); } catch { /* it lives in this page alone */ }
  }

  build() {
    const { seat } = this;
    this.element = make("section", "pane", "", { id: `pane-${seat.id}`, "data-role": this.role, "data-side": seat.side });
    this.head = make("header", "head");
    this.log = make("div", "log", "", { role: "log", "aria-live": "polite", tabindex: "0" });
    this.chips = make("div", "chips");
    this.form = make("form", "form");
    this.context = make("div", "context");
    this.notice = make("p", "problem", "", { role: "alert" });
    this.text = make("textarea", "", "", { rows: "1", maxlength: "30000", enterkeyhint: "send", name: "text" });
    this.file = make("input", "hidden", "", { type: "file", multiple: "", tabindex: "-1", "aria-hidden": "true" });
    this.attach = make("button", "attach", "＋", { type: "button" });
    this.submit = make("button", "send primary", "", { type: "submit" });
    const line = make("div", "line");
    line.append(this.attach, this.text, this.submit);
    this.form.append(this.context, this.notice, line, this.file);
    this.element.append(this.head, this.log, this.chips, this.form);
    this.text.value = this.read("draft", "");
    this.listen();
    this.paint();
  }

  listen() {
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.say(); });
    this.text.addEventListener("input", () => { this.keep("draft", this.text.value); this.grow(); });
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.say(); }
    });
    this.attach.addEventListener("click", () => this.file.click());
    this.file.addEventListener("change", () => { this.files.push(...this.file.files); this.file.value = ""; this.paintContext(); });
    this.element.addEventListener("focusin", () => this.read_());
    this.element.addEventListener("pointerdown", () => this.read_());
  }

  read_() { this.element.classList.remove("new"); this.onUnread(this, false); }

  grow() { this.text.style.height = "auto"; this.text.style.height = `${Math.min(this.text.scrollHeight, 140)}px`; }

  // labels, again after the language was switched
  paint() {
    const { seat } = this;
    const title = make("div", "who");
    title.append(make("h2", "", nameOf(seat)), make("p", "", [word(seat.side), word(this.role)].join(" · ")));
    this.head.replaceChildren(make("span", "face", initialOf(seat), { "aria-hidden": "true" }), title);
    if (api.me.seats.length > 1) {
      const alone = make("a", "alone", "⤢", { href: `/seat/${encodeURIComponent(seat.id)}`, "aria-label": word("only"), title: word("only") });
      this.head.append(alone);
    }
    this.log.setAttribute("aria-label", word("log", { name: nameOf(seat) }));
    this.text.setAttribute("aria-label", word("write_label", { name: nameOf(seat) }));
    this.text.placeholder = word("write");
    this.attach.setAttribute("aria-label", word("attach"));
    this.attach.title = word("attach");
    this.submit.textContent = word("send");
    this.chips.replaceChildren(...(word("chips")[this.role] || []).map((text) => this.chip(text)));
    this.paintContext();
    this.bubbles.clear();
    this.log.replaceChildren(make("p", "empty", word("empty")));
    for (const [key, message] of this.messages) this.draw(key, message);
    for (const waiting of this.queue) this.show({ ...waiting, by: "me", waiting: true });
    this.down();
  }

  chip(text) {
    const chip = make("button", "chip", text, { type: "button" });
    chip.addEventListener("click", () => {
      this.text.value = text;
      this.keep("draft", text);
      this.grow();
      this.text.focus();
    });
    return chip;
  }

  paintContext() {
    const parts = this.files.map((file, at) => this.tag(file.name, word("remove"), () => this.files.splice(at, 1)));
    if (this.replyTo) {
      const ticket = this.replyTo.ticket ? `W${this.replyTo.ticket}` : "";
      parts.unshift(this.tag(word("replying", { ticket }), word("cancel"), () => { this.replyTo = null; }));
    }
    this.context.replaceChildren(...parts);
  }

  tag(text, label, remove) {
    const tag = make("span", "tag", text);
    const button = make("button", "", "×", { type: "button", "aria-label": label });
    button.addEventListener("click", () => { remove(); this.paintContext(); });
    tag.append(button);
    return tag;
  }

  // what comes
  async catchUp() {
    const { messages, last } = await api.history(this.seat.id);
    for (const message of messages) this.show(message);
    this.down();
    this.flush();
    return last;
  }

  receive(message) {
    const isNew = !message.changes && !this.messages.has(this.keyOf(message));
    this.show(message);
    if (!isNew || message.by === "me") return;
    this.element.classList.toggle("new", !this.element.contains(document.activeElement));
    this.onUnread(this, true);
    if (message.purpose === "page" || message.sound) alarm();
  }

  keyOf(message) { return message.by === "bot" ? `bot:${message.id}` : `me:${String(message.key ?? message.client_key).split(":").pop()}`; }

  show(message) {
    if (message.changes) { this.settled(message); return; }
    const key = this.keyOf(message);
    const known = this.messages.get(key);
    if (known && !known.waiting && !known.error) return;
    if (known && message.waiting) return;
    this.messages.set(key, message);
    if (message.by === "me" && message.action && message.reply_to && !message.error) this.press(Number(message.reply_to), message.action);
    this.draw(key, message);
  }

  // It says nothing by itself: words take the place of the buttons under what was said before.
  settled({ changes, settles }) {
    this.over.set(changes, settles);
    const message = this.messages.get(`bot:${changes}`);
    if (message) this.draw(`bot:${changes}`, message);
  }

  press(id, action) {
    this.pressed.set(id, action);
    const message = this.messages.get(`bot:${id}`);
    if (message) this.draw(`bot:${id}`, message);
  }

  unpress(id) {
    this.pressed.delete(id);
    const message = this.messages.get(`bot:${id}`);
    if (message) this.draw(`bot:${id}`, message);
  }

  draw(key, message) {
    const atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
    const bubble = message.by === "bot" ? this.fromBot(message) : this.fromMe(message);
    const old = this.bubbles.get(key);
    if (old) old.replaceWith(bubble); else this.log.append(bubble);
    this.bubbles.set(key, bubble);
    if (atEnd || message.by === "me") this.down();
  }

  down() { this.log.scrollTop = this.log.scrollHeight; }

  fromBot(message) {
    const bubble = make("article", `bubble bot ${["page", "reminder", "breach"].includes(message.purpose) ? message.purpose : ""}`);
    const top = make("div", "top-line");
    if (bubble.classList.length > 2) top.append(make("strong", "label", word(message.purpose)));
    if (this.seat.groups.includes(message.to)) top.append(make("span", "label quiet", word("group")));
    if (message.ticket) top.append(make("span", "ticket", `W${message.ticket}`));
    top.append(this.time(message.at));
    if (message.ticket) {
      const reply = make("button", "reply", "↩", { type: "button", "aria-label": `${word("reply")} W${message.ticket}`, title: word("reply") });
      reply.addEventListener("click", () => { this.replyTo = message; this.paintContext(); this.text.focus(); });
      top.append(reply);
    }
    bubble.append(top, make("p", "text", message.text), ...this.filesOf(message));
    const over = this.over.get(message.id) || message.settled;
    if (over) bubble.append(make("p", "over", over));
    else for (const row of message.buttons || []) bubble.append(this.buttons(row, message));
    return bubble;
  }

  // A file that was kept is a link to its bytes.
  filesOf(message) {
    return (message.files || []).map((file) => {
      const line = make("p", "file");
      const name = `📎 ${file.name}`;
      if (file.ref) line.append(make("a", "", name, { href: api.fileAt(file.ref, this.seat.id, message.id), download: file.name, title: word("download", { name: file.name }) }));
      else line.append(make("span", "", name));
      if (file.size) line.append(make("span", "size", sizeOf(file.size)));
      return line;
    });
  }

  buttons(row, message) {
    const line = make("div", "buttons");
    const chosen = this.pressed.get(message.id);
    for (const each of row) {
      const button = make("button", "choice", each.label, { type: "button", "data-action": each.action });
      button.disabled = chosen !== undefined;
      if (chosen === each.action) { button.classList.add("chosen"); button.setAttribute("aria-pressed", "true"); }
      button.addEventListener("click", () => this.clicked(each, message));
      line.append(button);
    }
    return line;
  }

  // The second half of a double click must not hit what has just come to lie under the pointer.
  clicked(button, message) {
    if (performance.now() - this.pressedAt < DOUBLE_CLICK) return;
    this.pressedAt = performance.now();
    this.put({ action: button.action, reply_to: String(message.id), to: message.to, label: button.label });
  }

  fromMe(message) {
    const bubble = make("article", `bubble me ${message.error ? "error" : ""} ${message.waiting ? "waiting" : ""}`);
    const text = message.action ? word("pressed", { label: this.labelOf(message) }) : message.text;
    if (text) bubble.append(make("p", message.action ? "text choice-made" : "text", text));
    bubble.append(...this.filesOf(message));
    const line = make("div", "top-line");
    if (message.error) line.append(make("span", "failed", message.error));
    else if (message.waiting) line.append(make("span", "", message.late ? word("waiting") : word("sending")));
    else line.append(this.time(message.at));
    bubble.append(line);
    return bubble;
  }

  labelOf(message) {
    if (message.label) return message.label;
    const about = this.messages.get(`bot:${message.reply_to}`);
    const button = (about?.buttons || []).flat().find((each) => each.action === message.action);
    return button ? button.label : message.action;
  }

  time(at) {
    const then = new Date(at ?? Date.now());
    const zone = { timeZone: api.me.timezone };
    const day = new Intl.DateTimeFormat("en-CA", zone);
    const options = { ...zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    if (day.format(then) !== day.format(new Date())) Object.assign(options, { month: "numeric", day: "numeric" });
    return make("time", "", new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", options).format(then), { datetime: then.toISOString() });
  }

  // what goes
  say() {
    const text = this.text.value.trim();
    if (!text && !this.files.length) { this.text.focus(); return; }
    this.put({ text, reply_to: this.replyTo ? String(this.replyTo.id) : "", to: this.replyTo?.to ?? "" }, this.files);
    this.text.value = "";
    this.keep("draft", "");
    this.files = [];
    this.replyTo = null;
    this.grow();
    this.paintContext();
  }

  put(message, files = []) {
    this.notice.textContent = "";
    const key = crypto.randomUUID ? crypto.randomUUID() : Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
    const full = { text: "", action: "", ...message, key };
    this.show({ ...full, by: "me", waiting: true, files: files.map((file) => ({ name: file.name })) });
    if (files.length) { this.withFiles(full, files); return; } // bytes do not fit into the page's store
    this.queue.push(full);
    this.keep("queue", this.queue);
    this.flush();
  }

  body(message) {
    const { text, action, reply_to, to, key } = message;
    return { seat: this.seat.id, text, action, reply_to: reply_to || "", to: to || "", client_key: key, language };
  }

  async flush() {
    if (this.sending) return;
    this.sending = true;
    let failures = 0;
    while (this.queue.length) {
      const message = this.queue[0];
      const result = await api.post(this.body(message));
      if (result.later) {
        this.late(message);
        await new Promise((done) => { this.wake = done; setTimeout(done, PAUSES[Math.min(failures, PAUSES.length - 1)]); });
        failures += 1;
        continue;
      }
      failures = 0;
      this.queue.shift();
      this.keep("queue", this.queue);
      this.settle(message, result);
    }
    this.sending = false;
  }

  async withFiles(message, files) {
    const tooBig = files.some((file) => file.size > api.me.max_file);
    for (let failures = 0; ; failures += 1) {
      const result = tooBig ? { error: "too_big", limit: api.me.max_file } : await api.post(this.body(message), files);
      if (!result.later) { this.settle(message, result, files); return; }
      this.late(message);
      await new Promise((done) => setTimeout(done, PAUSES[Math.min(failures, PAUSES.length - 1)]));
    }
  }

  late(message) {
    const shown = this.messages.get(this.keyOf(message));
    if (shown?.waiting && !shown.late) { shown.late = true; this.draw(this.keyOf(message), shown); }
  }

  settle(message, result, files = []) {
    const shown = { ...message, by: "me", at: new Date().toISOString(), files: result.files?.length ? result.files : files.map((file) => ({ name: file.name })) };
    if (result.error) {
      const size = Math.floor((result.limit || 0) / 1048576);
      const known = ["too_big", "too_many_files", "often"].includes(result.error) ? result.error : "failed";
      shown.error = word(known, { size, limit: result.limit, wait: result.wait });
      this.notice.textContent = shown.error;
      if (message.action) this.unpress(Number(message.reply_to));
      else if (!this.text.value) { this.text.value = message.text; this.keep("draft", message.text); }
    }
    const key = this.keyOf(message);
    if (!this.messages.get(key) || this.messages.get(key).waiting) { this.messages.delete(key); this.messages.set(key, shown); this.draw(key, shown); }
  }
}
