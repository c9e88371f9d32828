// @ts-check
/** What the shell shows of each table; no rows, no requests. */

/** @typedef {{ name: string, label: string }} Column */
/**
 * @typedef {object} Table
 * @property {string} entitySetName
 * @property {string} primaryId
 * @property {string} primaryName
 * @property {string} label
 * @property {string} plural
 * @property {import("./dom.js").IconName} icon
 * @property {Column[]} columns of the list; the first one is the link
 */

/** @type {Record<string, Table>} */
const TABLES = {
  account: {
    entitySetName: "accounts",
    primaryId: "accountid",
    primaryName: "name",
    label: "Account",
    plural: "Accounts",
    icon: "account",
    columns: [
      { name: "name", label: "Account Name" },
      { name: "telephone1", label: "Main Phone" },
      { name: "emailaddress1", label: "Email" },
    ],
  },
  contact: {
    entitySetName: "contacts",
    primaryId: "contactid",
    primaryName: "fullname",
    label: "Contact",
    plural: "Contacts",
    icon: "contact",
    columns: [
      { name: "fullname", label: "Full Name" },
      { name: "emailaddress1", label: "Email" },
      { name: "telephone1", label: "Business Phone" },
      { name: "mobilephone", label: "Mobile Phone" },
    ],
  },
  lead: {
    entitySetName: "leads",
    primaryId: "leadid",
    primaryName: "fullname",
    label: "Lead",
    plural: "Leads",
    icon: "lead",
    columns: [
      { name: "fullname", label: "Name" },
      { name: "subject", label: "Topic" },
      { name: "companyname", label: "Company" },
      { name: "telephone1", label: "Business Phone" },
    ],
  },
  phonecall: {
    entitySetName: "phonecalls",
    primaryId: "activityid",
    primaryName: "subject",
    label: "Phone Call",
    plural: "Phone Calls",
    icon: "phonecall",
    columns: [
      { name: "subject", label: "Subject" },
      { name: "phonenumber", label: "Phone Number" },
    ],
  },
};

/** The site map: group, then tables. */
export const SITE_MAP = [
  { group: "Customers", tables: ["contact", "account", "lead"] },
  { group: "Activities", tables: ["phonecall"] },
];

/**
 * @param {string} logicalName
 * @returns {boolean} whether its rows have a page here
 */
export function isKnownTable(logicalName) {
  return Object.hasOwn(TABLES, logicalName);
}

/**
 * @param {string} logicalName
 * @returns {Table}
 */
export function describeTable(logicalName) {
  const known = TABLES[logicalName];
  if (known) {
    return known;
  }
  const label = logicalName.charAt(0).toUpperCase() + logicalName.slice(1);
  return {
    entitySetName: entitySetName(logicalName),
    primaryId: `${logicalName}id`,
    primaryName: "name",
    label,
    plural: label,
    icon: "page",
    columns: [{ name: "name", label: "Name" }],
  };
}

/**
 * The platform reads the set's name from metadata; the shell applies the rule that made it.
 *
 * @param {string} logicalName
 * @returns {string}
 */
export function entitySetName(logicalName) {
  if (TABLES[logicalName]) {
    return TABLES[logicalName].entitySetName;
  }
  if (logicalName === "webresource") {
    return "webresourceset";
  }
  if (/[^aeiou]y$/.test(logicalName)) {
    return `${logicalName.slice(0, -1)}ies`;
  }
  return /(s|x|z|ch|sh)$/.test(logicalName) ? `${logicalName}es` : `${logicalName}s`;
}
