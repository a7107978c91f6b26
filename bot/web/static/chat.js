// The page: its panes side by side (tabs on a phone), one stream for all of them, language, sound.
import * as api from "./api.js";
import { enableSound, soundIsOn } from "./alert.js";
import { Pane, initialOf, make, nameOf, roleOf } from "./pane.js";
import { language, switchLanguage, word } from "./words.js";

const $ = (id) => document.getElementById(id);
const panes = new Map();
const tabs = new Map();
const ORDER = ["clinician", "engineer", "lead", "department_head", "hospital_manager", "provider_manager", "administrator"];
let state = "connecting";
let current = "";

function paint() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  $("site").textContent = language === "zh" ? api.me.site : api.me.site_en || api.me.site;
  $("language").textContent = word("language");
  $("language").setAttribute("aria-label", word("language_label"));
  $("logout").textContent = word("logout");
  $("logout").hidden = api.me.open;
  for (const [id, tab] of tabs) tab.querySelector(".name").textContent = nameOf(panes.get(id).seat);
  paintState();
  paintSound();
}

function paintState() {
  $("state").textContent = word(state);
  $("state").dataset.state = state;
}

function paintSound() {
  $("sound").textContent = word(soundIsOn() ? "sound_on" : "sound_off");
  $("sound").setAttribute("aria-pressed", String(soundIsOn()));
}

function setState(next) {
  state = next;
  paintState();
  if (next === "online") for (const pane of panes.values()) { pane.wake?.(); pane.flush(); }
}

// On a phone one pane at a time; elsewhere those that are switched on, side by side.
const phone = matchMedia("(max-width: 760px)");
let shown = new Set();

function choose(id) {
  current = id;
  if (!phone.matches && seatsOf().length > 1) {
    if (shown.has(id) && shown.size > 1) shown.delete(id); else shown.add(id);
    try { sessionStorage.setItem("wardline.shown", JSON.stringify([...shown])); } catch { /* for this page alone */ }
  }
  arrange();
}

function arrange() {
  for (const [id, pane] of panes) {
    pane.element.classList.toggle("current", id === current);
    pane.element.classList.toggle("shown", shown.has(id));
    const visible = phone.matches ? id === current : shown.has(id);
    const tab = tabs.get(id);
    tab.setAttribute("aria-pressed", String(visible));
    if (visible) { tab.classList.remove("unread"); pane.down(); }
  }
}

const seatsOf = () => [...panes.values()].map((pane) => pane.seat);

// The seats that tell the whole story: who reports, who mends, who leads, who answers for it.
function firstShown() {
  const seats = seatsOf();
  try {
    const kept = JSON.parse(sessionStorage.getItem("wardline.shown") || "[]").filter((id) => panes.has(id));
    if (kept.length) return new Set(kept);
  } catch { /* the usual ones then */ }
  if (seats.length <= 6) return new Set(seats.map((seat) => seat.id));
  const reporter = seats.find((seat) => roleOf(seat) === "clinician");
  const picks = [
    reporter,
    ...seats.filter((seat) => roleOf(seat) === "engineer").slice(0, 2),
    seats.find((seat) => roleOf(seat) === "lead"),
    seats.find((seat) => roleOf(seat) === "hospital_manager"),
    seats.find((seat) => roleOf(seat) === "department_head" && seat.department === reporter?.department),
  ];
  const chosen = picks.filter(Boolean).map((seat) => seat.id);
  return new Set(chosen.length ? chosen : [seats[0].id]);
}

function unread(pane, isNew) {
  const visible = phone.matches ? pane.seat.id === current : shown.has(pane.seat.id);
  tabs.get(pane.seat.id)?.classList.toggle("unread", isNew && !visible);
}

function addTab(seat) {
  const tab = make("button", "tab", "", { type: "button", "aria-controls": `pane-${seat.id}`, "data-role": roleOf(seat) });
  tab.append(make("span", "face", initialOf(seat), { "aria-hidden": "true" }), make("span", "name", nameOf(seat)));
  tab.addEventListener("click", () => choose(seat.id));
  tabs.set(seat.id, tab);
  $("tabs").append(tab);
}

async function start() {
  await api.load();
  const alone = location.pathname.startsWith("/seat/") ? decodeURIComponent(location.pathname.slice(6)) : "";
  const seats = api.me.seats.filter((seat) => !alone || seat.id === alone);
  seats.sort((a, b) => ORDER.indexOf(roleOf(a)) - ORDER.indexOf(roleOf(b)));
  paint();
  for (const seat of seats) {
    const pane = new Pane(seat, unread);
    panes.set(seat.id, pane);
    $("panes").append(pane.element);
    addTab(seat);
  }
  document.body.dataset.seats = seats.length === 1 ? "one" : "many";
  $("tabs").hidden = seats.length < 2;
  if (!seats.length) return;
  current = seats[0].id;
  shown = firstShown();
  arrange();
  const lasts = await Promise.all([...panes.values()].map((pane) => pane.catchUp()));
  new api.Stream(seats.map((seat) => seat.id), Math.max(...lasts), (seat, message) => panes.get(seat)?.receive(message), setState);
}

async function begin(pause = 1000) {
  try {
    await start();
  } catch (error) {
    if (error.message === "log in") return;
    panes.clear();
    tabs.clear();
    $("panes").replaceChildren();
    $("tabs").replaceChildren();
    setTimeout(() => begin(Math.min(pause * 2, 10000)), pause);
  }
}

$("language").addEventListener("click", () => { switchLanguage(); paint(); for (const pane of panes.values()) pane.paint(); });
$("sound").addEventListener("click", () => { enableSound(!soundIsOn()); paintSound(); });
$("logout").addEventListener("click", async () => {
  await fetch("/logout", { method: "POST", headers: { "X-CSRF-Token": api.me.csrf } });
  location.assign("/login");
});
phone.addEventListener("change", arrange);
begin();
