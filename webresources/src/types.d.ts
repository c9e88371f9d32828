/** Constants that the bundler writes in; no value of an environment is among them. */
declare module "d365pop:build" {
  /** Version of the product, the same in the page and in framework.js of one build. */
  export const version: string;
  /** Dataverse name of the softphone page. */
  export const softphonePage: string;
  /** Dataverse name of the pane's icon. */
  export const phoneIcon: string;
  /** Whether the softphone lives in a side pane, and not in a panel of the platform. */
  export const panes: boolean;
  /** Schema name of the environment variable that holds the settings. */
  export const settingsVariable: string;
}

/** What the page in the panel of the platform knows of its host; only cif.js imports it. */
declare module "d365pop:cif" {
  /** Whether the app has several sessions, and the framework is version 2. */
  export const sessions: boolean;
  /** Unique name of the notification template that a deploy writes. */
  export const notification: string;
  /** Unique name of the session template that records are opened with; empty for none. */
  export const sessionTemplate: string;
  /** Presence of Omnichannel by status of Genesys Cloud. */
  export const presence: { [status: string]: string };
}

/** A customer's own functions, from `[bundle] extensions`; each is undefined where there is none. */
declare module "d365pop:extensions" {
  export const normalise: import("./core/extensions.js").Hooks["normalise"];
  export const lookup: import("./core/extensions.js").Hooks["lookup"];
  export const policy: import("./core/extensions.js").Hooks["policy"];
}

/** The texts of the page; other languages than English are fetched when it starts. */
declare module "d365pop:texts" {
  export const english: { [key: string]: string };
  /** LCIDs of the languages that the package has. */
  export const languages: number[];
}

/** Telephone numbers of the world, boiled down from libphonenumber's metadata when we were built. */
declare module "d365pop:phone-table" {
  /** `code,calling,lengths,trunk,idd,usual idd;…`; the main country of a calling code goes first, and the last two stand with configured countries alone. */
  export const countries: string;
  export interface Patterns {
    /** Every national number that may be assigned. */
    readonly national: string;
    /** What is taken off a number that is dialled inside the country. */
    readonly prefix: string;
    /** What a prefix with a group becomes instead. */
    readonly transform: string;
    /** Leading digits, groups, the national notation, and 1 where that goes without the trunk. */
    readonly formats: readonly (readonly [string, string, string, number])[];
  }
  /** Of the configured countries only. */
  export const patterns: { readonly [code: string]: Patterns };
}

/** Constants of one Genesys integration; only framework.js imports them. */
declare module "d365pop:framework" {
  export const version: string;
  /** Name of the integration. */
  export const name: string;
  /** OAuth client id by bare region domain. */
  export const clientIds: { [region: string]: string };
  /** The origins that may embed the client and hear from it. */
  export const dynamicsOrigins: string[];
  /** `Framework.config.settings`, as Genesys defines its keys. */
  export const settings: { [key: string]: unknown };
  /** Participant attributes that the client hands over, beside those that name a record. */
  export const attributes: string[];
  /** `Framework.config.helpLinks`. */
  export const helpLinks: { [view: string]: string };
}
