// The questions the register asks: a reason, products, a payment, a confirmation.
const CLOSED = new Set(["COMPLETE", "REJECTED", "DELETED"]);
const dialog = document.getElementById("dialog");
const fields = document.getElementById("dialog-fields");
let done = () => {};

function open(title, ok, parts, whenDone, look = "") {
  document.getElementById("dialog-title").textContent = title;
  document.getElementById("dialog-trouble").hidden = true;
  document.getElementById("dialog-cancel").hidden = false;
  const press = document.getElementById("dialog-ok");
  press.textContent = ok;
  press.className = look;
  press.disabled = false;
  fields.replaceChildren(...parts);
  done = whenDone;
  if (!dialog.open) dialog.showModal();
  (fields.querySelector("input, select") ?? press).focus();
}

document.getElementById("dialog-form").addEventListener("submit", () => done());
document.getElementById("dialog-cancel").addEventListener("click", () => dialog.close());

export function showTrouble(words) {
  open("That did not work", "OK", [], () => {});
  document.getElementById("dialog-cancel").hidden = true;
  const trouble = document.getElementById("dialog-trouble");
  trouble.textContent = words;
  trouble.hidden = false;
}

function labelled(words, input) {
  const label = document.createElement("label");
  label.append(words, input);
  return label;
}

function input(kind, value, more = {}) {
  const made = document.createElement("input");
  Object.assign(made, { type: kind, value, ...more });
  return made;
}

export function askReason(order, whenDone) {
  const words = order.asks_reason ? "Reason, told to the app" : "Reason, for your own records";
  const reason = input("text", "", { maxLength: 200, required: order.asks_reason });
  open(`Reject ${order.sale_number}?`, "Reject", [labelled(words, reason)], () => whenDone(reason.value), "danger");
}

export function confirmDelete(order, whenDone) {
  const words = document.createElement("p");
  words.textContent = order.status === "COMPLETE" ? "The sale is voided." : "The order disappears from the register.";
  open(`Delete ${order.sale_number}?`, "Delete", [words], whenDone, "danger");
}

export function askPayment(shown, order, whenDone) {
  const method = document.createElement("select");
  method.append(...shown.methods.map((one) => new Option(one.name, one.id)));
  const card = shown.methods.find((one) => one.name === "Card");
  if (card) method.value = card.id;
  const amount = input("number", order.due_without_service, { step: "0.01", min: "0.01", required: true });
  const tip = input("number", order.service_due, { step: "0.01", min: "0" });
  const parts = [labelled("Method", method), labelled(`Amount (${shown.currency})`, amount), labelled("Tip", tip)];
  // Amounts travel as text: the sandbox reads them as decimals.
  const give = () => whenDone({ method_id: Number(method.value), amount: amount.value, tip: tip.value || "0" });
  open(`Payment for ${order.sale_number}`, "Take payment", parts, give);
}

export function askMore(shown, order, whenDone) {
  const others = shown.orders.filter((one) => one.id !== order.id && !CLOSED.has(one.status) && !one.group_finalised);
  const deeds = [["hold", "Put on hold"], ["print", "Print in the kitchen"], ["tip-service", "Service charge, %"]];
  if (others.length) deeds.push(["group", "Group with another order"]);
  if (order.group_id && !order.group_finalised) deeds.push(["finalise", `Finalise group ${order.group_id}`]);
  const deed = document.createElement("select");
  deed.append(...deeds.map(([value, words]) => new Option(words, value)));
  const other = document.createElement("select");
  other.append(...others.map((one) => new Option(one.sale_number, one.id)));
  const percent = input("number", "10", { step: "0.5", min: "0", max: "100", required: true });
  const withOther = labelled("Other order", other);
  const withPercent = labelled("Percent of the total", percent);
  const choose = () => {
    withOther.hidden = deed.value !== "group";
    withPercent.hidden = deed.value !== "tip-service";
    percent.disabled = withPercent.hidden;
  };
  deed.addEventListener("change", choose);
  choose();
  const bodies = { group: () => ({ order_ids: [other.value] }), "tip-service": () => ({ percent: percent.value }) };
  const give = () => whenDone(deed.value, bodies[deed.value]?.() ?? {});
  open(`More for ${order.sale_number}`, "Do it", [labelled("What", deed), withPercent, withOther], give);
}

export function askProducts(shown, order, whenDone) {
  const chosen = new Map();
  const ok = document.getElementById("dialog-ok");
  const choose = (product, quantity) => {
    chosen.set(product.id, quantity);
    const count = [...chosen.values()].reduce((sum, one) => sum + one, 0);
    ok.disabled = count === 0;
    ok.textContent = count ? `Add ${count}` : "Add";
  };
  const parts = shown.products.map((product) => productRow(product, (quantity) => choose(product, quantity)));
  const give = () =>
    whenDone([...chosen].filter(([, quantity]) => quantity).map(([product_id, quantity]) => ({ product_id, quantity })));
  open(`Add items to ${order.sale_number}`, "Add", parts, give);
  ok.disabled = true;
}

function productRow(product, choose) {
  const row = document.createElement("div");
  row.className = "product";
  let quantity = 0;
  const count = document.createElement("span");
  count.textContent = "0";
  const step = (words, by, label) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.textContent = words;
    button.setAttribute("aria-label", `${label} ${product.name}`);
    button.addEventListener("click", () => {
      quantity = Math.max(0, quantity + by);
      count.textContent = quantity;
      choose(quantity);
    });
    return button;
  };
  const stepper = document.createElement("span");
  stepper.className = "stepper";
  stepper.append(step("−", -1, "One less"), count, step("+", 1, "One more"));
  for (const [name, text] of [["name", product.name], ["price", product.price]]) {
    const part = document.createElement("span");
    part.className = name;
    part.textContent = text;
    row.append(part);
  }
  row.append(stepper);
  return row;
}
