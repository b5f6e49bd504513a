// The register: polls one site's orders every second and lets a person do what staff would do.
import { askMore, askPayment, askProducts, askReason, confirmDelete, showTrouble } from "./dialog.js";

const site = document.getElementById("bar").dataset.site;
const template = document.getElementById("card");
const POLL_MS = 1000;
const WORDS = { SUBMITTED: "NEW", ON_HOLD: "ON HOLD", ACCEPTED: "ACCEPTED", PENDING: "AWAITING PAYMENT" };
const CLOSED = new Set(["COMPLETE", "REJECTED", "DELETED"]);
const dismissed = new Set();
const openedAt = Date.now();

let shown = null;
let version = "";

async function poll() {
  try {
    const answer = await fetch(`/register/${site}/orders.json?seen=${version}`);
    if (answer.status === 200) {
      shown = await answer.json();
      version = shown.version;
      draw();
    }
    linkState(answer.ok ? "Live" : `The sandbox answers ${answer.status}`, !answer.ok);
  } catch {
    linkState("The sandbox is away. Trying again…", true);
  }
  drawAges();
  setTimeout(poll, POLL_MS);
}

function linkState(words, lost) {
  const link = document.getElementById("link");
  if (link.textContent !== words) link.textContent = words;
  link.classList.toggle("lost", lost);
}

async function post(path, body) {
  const answer = await fetch(`/_control/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body ?? {}),
  });
  if (!answer.ok) {
    const trouble = await answer.json().catch(() => ({}));
    throw new Error(trouble.error_description ?? `The sandbox answers ${answer.status}.`);
  }
}

async function act(order, deed, body) {
  try {
    await post(`kounta/orders/${order.id}/${deed}`, body);
  } catch (trouble) {
    showTrouble(trouble.message);
  }
}

function draw() {
  const online = document.getElementById("online");
  online.checked = shown.online;
  document.getElementById("online-word").textContent = shown.online ? "Online" : "Offline";
  const offline = document.getElementById("offline");
  offline.hidden = shown.online;
  const waiting = shown.in_cloud === 1 ? "1 new order waits" : `${shown.in_cloud || "No"} new orders wait`;
  offline.textContent = `No device is in use at this site. ${waiting} in the cloud, unseen.`;
  drawCards("open", shown.orders.filter((order) => !CLOSED.has(order.status)).sort(newFirst));
  drawCards("closed", shown.orders.filter((order) => CLOSED.has(order.status)));
  drawNotices();
}

function newFirst(one, other) {
  return (other.status === "SUBMITTED") - (one.status === "SUBMITTED");
}

function drawCards(place, orders) {
  const box = document.getElementById(place);
  const known = new Map([...box.children].map((card) => [card.dataset.order, card]));
  const cards = orders.map((order) => {
    const content = JSON.stringify(order);
    const old = known.get(order.id);
    if (old && old.content === content) return old;
    const card = cardOf(order);
    card.content = content;
    return card;
  });
  const kept = box.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  box.replaceChildren(...cards);
  if (kept) box.querySelector(`[data-key="${kept}"]`)?.focus();
  document.getElementById(`${place}-count`).textContent = orders.length;
  document.getElementById(`${place}-empty`).hidden = orders.length > 0;
}

function cardOf(order) {
  const card = template.content.cloneNode(true).querySelector("article");
  const put = (name, text) => (card.querySelector(name).textContent = text ?? "");
  card.dataset.order = order.id;
  card.dataset.status = order.status;
  card.dataset.created = order.created_at;
  put(".number", order.sale_number);
  put(".status", WORDS[order.status] ?? order.status);
  put(".facts", facts(order));
  card.querySelector(".tags").replaceChildren(...order.tags.map((tag) => row("li", ["", tag])));
  put(".notes", order.notes);
  card.querySelector(".lines").replaceChildren(...order.lines.map(lineOf));
  card.querySelector(".payments").replaceChildren(...order.payments.map(paymentOf));
  const owed = Number(order.due) > 0 && !CLOSED.has(order.status);
  put(".service", order.service ? `Service ${order.service}, part of a full payment` : "");
  const paid = order.payments.length > 0 && Number(order.due) <= 0 && Number(order.total) > 0;
  put(".sum-word", owed && order.due !== order.total ? "Due" : paid ? "Total, paid" : "Total");
  put(".sum-amount", `${owed ? order.due : order.total} ${shown.currency}`);
  put(".reason", order.reject_reason ? `Reason: ${order.reject_reason}` : "");
  card.querySelector("footer").replaceChildren(...buttonsOf(order));
  return card;
}

function facts(order) {
  const guests = order.guests === 1 ? "1 guest" : order.guests ? `${order.guests} guests` : null;
  const source = order.from_app ? null : "rung up at the till";
  return [order.order_type, guests, order.customer, order.phone, source].filter(Boolean).join(" · ");
}

function row(tag, ...parts) {
  const made = document.createElement(tag);
  for (const [name, text] of parts) {
    const part = document.createElement("span");
    if (name) part.className = name;
    part.textContent = text;
    made.append(part);
  }
  return made;
}

function lineOf(line) {
  const name = line.instructions ? `${line.instructions}: ${line.name}` : line.name;
  const below = [line.modifiers.join(", "), line.notes].filter(Boolean).map((words) => ["line-note", words]);
  const made = row("li", ["", line.depth ? "" : `${line.quantity} ×`], ["", name], ["amount", line.total], ...below);
  if (line.depth) made.dataset.depth = Math.min(line.depth, 3);
  return made;
}

function paymentOf(payment) {
  const below = [payment.tip ? `with a tip of ${payment.tip} beside it` : null, payment.ref].filter(Boolean);
  return row("li", ["", payment.method], ["amount", payment.amount], ...below.map((words) => ["line-note", words]));
}

function button(order, deed, words, press, look = "") {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = words;
  made.className = look;
  made.dataset.key = `${order.id}/${deed}`;
  made.addEventListener("click", press);
  return made;
}

function locked(order, flag) {
  return order.locks.includes(flag) || order.locks.includes("ALL");
}

function buttonsOf(order) {
  const ask = () => confirmDelete(order, () => act(order, "delete"));
  const remove = button(order, "delete", "Delete", ask, CLOSED.has(order.status) ? "quiet" : "danger");
  remove.disabled = locked(order, "DELETE");
  if (order.status === "DELETED") return [];
  if (order.status === "COMPLETE" || order.status === "REJECTED") return [remove];
  if (order.status === "SUBMITTED") {
    const reject = () => askReason(order, (reason) => act(order, "reject", { reason }));
    return [
      button(order, "accept", "Accept", () => act(order, "accept")),
      button(order, "reject", "Reject", reject, "danger"),
    ];
  }
  const add = () => askProducts(shown, order, (lines) => act(order, "add-lines", { lines }));
  const pay = () => askPayment(shown, order, (payment) => act(order, "pay", payment));
  const items = button(order, "items", "Add items", add, Number(order.due) > 0 ? "quiet" : "");
  items.disabled = locked(order, "NEW_LINES");
  const payment = button(order, "pay", "Take payment", pay, Number(order.due) > 0 ? "" : "quiet");
  payment.disabled = locked(order, "PAYMENTS");
  const complete = button(order, "complete", "Complete", () => act(order, "complete"), "quiet");
  complete.disabled = Number(order.due) > 0;
  if (complete.disabled) complete.title = `${order.due} is still due`;
  const more = () => askMore(shown, order, (deed, body) => act(order, deed, body));
  return [items, payment, complete, remove, button(order, "more", "More…", more, "quiet wide")];
}

function drawNotices() {
  const fresh = shown.orders.flatMap((order) =>
    order.notices
      .filter((notice) => !dismissed.has(notice.id) && Date.parse(notice.at) > openedAt - 120000)
      .map((notice) => ({ ...notice, number: order.sale_number })));
  document.getElementById("notices").replaceChildren(...fresh.map(noticeOf));
}

function noticeOf(notice) {
  const made = row("div", ["", `${notice.number}: ${notice.message}`]);
  made.className = `notice ${notice.colour}`;
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "OK";
  close.addEventListener("click", () => {
    dismissed.add(notice.id);
    drawNotices();
  });
  made.append(close);
  return made;
}

function drawAges() {
  for (const card of document.querySelectorAll(".card")) {
    const minutes = Math.max(0, Math.floor((Date.now() - Date.parse(card.dataset.created)) / 60000));
    const words = minutes < 1 ? "just now" : minutes < 60 ? `${minutes} min ago` : clock(card.dataset.created);
    const age = card.querySelector(".age");
    if (age.textContent !== words) age.textContent = words;
  }
}

function clock(time) {
  return new Date(time).toLocaleString([], { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
}

document.getElementById("online").addEventListener("change", async (event) => {
  try {
    await post("state", { site_id: Number(site), site_offline: !event.target.checked });
  } catch (trouble) {
    showTrouble(trouble.message);
  }
});

poll();
