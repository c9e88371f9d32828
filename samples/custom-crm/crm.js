/** A CRM of three customers, and the softphone in it: all that a page has to do itself. */

const customers = [
  { id: "1", name: "Marta Lindqvist", numbers: ["+1 312 555 0143"], note: "" },
  { id: "2", name: "Noor Castellane", numbers: ["(206) 555-0102", "+442079460123"], note: "" },
  { id: "3", name: "Deniz Karagul", numbers: ["206-555-0102"], note: "" },
];
const part = (id) => document.getElementById(id);
const make = (tag, text = "") => Object.assign(document.createElement(tag), { textContent: text });
let front = null;

function button(label, run) {
  const made = make("button", label);
  made.type = "button";
  made.addEventListener("click", run);
  return made;
}

function item(...children) {
  const made = make("li");
  made.append(...children);
  return made;
}

function open({ id }) {
  front = customers.find((customer) => customer.id === id);
  part("customer").hidden = false;
  part("name").textContent = front.name;
  part("note").value = front.note;
  part("numbers").replaceChildren(...front.numbers.map((number) => item(button(number, () => dial(number)))));
}

function dial(number) {
  const problem = phone.dial(number, front);
  part("problem").textContent = problem;
  part("problem").hidden = !problem;
}

function list() {
  part("customers").replaceChildren(...customers.map((customer) => item(button(customer.name, () => open(customer)))));
}

function drawCard({ title, detail, choices = [], dismiss }) {
  const buttons = choices.map(({ label, run }) => button(label, run));
  return item(make("h2", title), make("p", detail), ...buttons, button(`Dismiss: ${title}`, dismiss));
}

part("customer").addEventListener("submit", (event) => {
  event.preventDefault();
  front.note = part("note").value;
});

const phone = D365Pop.createSoftphone({
  container: part("phone"),
  region: "mypurecloud.com",
  // Without this the client of the region is loaded; the sample is tried with a simulator.
  frameUrl: new URLSearchParams(location.search).get("frame") || undefined,
  countries: ["US", "GB"],
  policies: { message: "off" },

  // Who is it? `variants` are the notations that a table may hold the number in.
  find: ({ variants }) => customers.filter(({ numbers }) => numbers.some((number) => variants.includes(number))),
  read: (ids) => customers.filter(({ id }) => ids.includes(id)),

  // The pop, and the soft pop where the agent must not be interrupted.
  open,
  isBusy: () => front !== null && part("note").value !== front.note,
  notify({ message, actionLabel, run }) {
    const notice = make("p", `${message} `);
    const takeAway = () => notice.remove();
    const act = () => {
      takeAway();
      run();
    };
    notice.append(button(actionLabel, act));
    part("notices").append(notice);
    return takeAway;
  },
  show: (cards) => part("cards").replaceChildren(...cards.map(drawCard)),
  create({ number }) {
    const customer = { id: String(customers.length + 1), name: "New customer", numbers: number ? [number] : [], note: "" };
    customers.push(customer);
    list();
    open(customer);
  },

  // What Genesys wants logged; it is told of a success once the returned promise is fulfilled.
  async saveCallLog({ event, interaction, notes, id }) {
    const logId = id || interaction.id;
    const line = [...part("log").children].find((entry) => entry.dataset.id === logId) || part("log").appendChild(make("li"));
    line.dataset.id = logId;
    line.textContent = `${interaction.direction} ${interaction.medium}, ${interaction.name}: ${event} ${notes}`;
    return logId;
  },
  onConnection(_state, { text, hint }) {
    part("connection").textContent = `${text} ${hint}`.trim();
  },
});

list();
