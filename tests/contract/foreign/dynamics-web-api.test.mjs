/** The client `dynamics-web-api`, unmodified, against the local Dataverse named in the environment. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { DynamicsWebApi } from "../../../webresources/node_modules/dynamics-web-api/dist/esm/dynamics-web-api.mjs";

const GONE = "00000000-0000-4000-8000-00000000dead";
const FORMATTED = "@OData.Community.Display.V1.FormattedValue";
const { LOCAL_URL: serverUrl, LOCAL_TOKEN: accessToken } = process.env;

const client = (config = {}) =>
  new DynamicsWebApi({
    serverUrl,
    dataApi: { version: "9.2" },
    onTokenRefresh: async () => ({ accessToken }),
    ...config,
  });
const api = client();
const create = (data, further = {}) => api.create({ collection: "accounts", data, ...further });
const read = (key, further = {}) => api.retrieve({ collection: "accounts", key, ...further });
const names = async (filter) => {
  const found = await api.retrieveMultiple({ collection: "accounts", select: ["name"], filter, orderBy: ["name"] });
  return found.value.map((row) => row.name);
};

test("row is created, read, changed and deleted", async () => {
  const key = await create({ name: "Fremd ü ☎", telephone1: "1" });
  await api.update({ collection: "accounts", key, data: { telephone1: "2" } });
  const row = await read(key, { select: ["name", "telephone1"] });
  assert.deepEqual([row.name, row.telephone1], ["Fremd ü ☎", "2"]);
  await api.deleteRecord({ collection: "accounts", key });
  await assert.rejects(read(key), { status: 404, code: "0x80040217" });
});

test("created row comes back where it is wanted", async () => {
  const row = await create({ name: "Shown" }, { returnRepresentation: true, select: ["name"] });
  assert.equal(row.name, "Shown");
  assert.match(row["@odata.etag"], /^W\/"\d+"$/);
});

test("update of what is not there is refused, upsert creates it", async () => {
  const key = "00000000-0000-4000-8000-0000000000aa";
  const change = { collection: "accounts", key, data: { name: "Upserted" } };
  await assert.rejects(api.update(change), { status: 404 });
  await api.upsert(change);
  assert.deepEqual(await names("name eq 'Upserted'"), ["Upserted"]);
  assert.equal(await api.upsert({ ...change, ifnonematch: "*" }), null);
});

test("row changed meanwhile is neither overwritten nor deleted", async () => {
  const key = await create({ name: "Versioned" });
  const { "@odata.etag": ifmatch } = await read(key, { select: ["name"] });
  await api.update({ collection: "accounts", key, data: { fax: "1" } });
  assert.equal(await api.update({ collection: "accounts", key, data: { fax: "2" }, ifmatch }), false);
  assert.equal(await api.deleteRecord({ collection: "accounts", key, ifmatch }), false);
  assert.equal((await read(key, { select: ["fax"] })).fax, "1");
});

test("unchanged row is not sent again", async () => {
  const key = await create({ name: "Unchanged" });
  const { "@odata.etag": ifnonematch } = await read(key, { select: ["name"] });
  assert.equal(await read(key, { select: ["name"], ifnonematch }), undefined);
  assert.equal((await read(key, { select: ["name"], ifnonematch: 'W/"1"' })).name, "Unchanged");
});

test("row is found by an alternate key", async () => {
  const data = { displayname: "Key", type: 100000000 };
  const key = "schemaname='new_Dynamics'";
  await api.upsert({ collection: "environmentvariabledefinitions", key, data });
  const row = await api.retrieve({ collection: "environmentvariabledefinitions", key, select: ["displayname"] });
  assert.equal(row.displayname, "Key");
});

test("single property is changed and emptied", async () => {
  const key = await create({ name: "Property", fax: "1" });
  await api.updateSingleProperty({ collection: "accounts", key, fieldValuePair: { fax: "9" } });
  assert.equal((await read(key, { select: ["fax"] })).fax, "9");
  await api.deleteRecord({ collection: "accounts", key, property: "fax" });
  assert.equal((await read(key, { select: ["fax"] })).fax, null);
});

test("rows come in pages, one by one or all at once", async () => {
  for (let number = 0; number < 5; number += 1) {
    await create({ name: `Paged ${number}` });
  }
  const request = {
    collection: "accounts",
    select: ["name"],
    filter: "startswith(name,'Paged ')",
    orderBy: ["name"],
    maxPageSize: 2,
    count: true,
  };
  const first = await api.retrieveMultiple(request);
  assert.deepEqual([first.oDataCount, first.value.length], [5, 2]);
  const second = await api.retrieveMultiple(request, first.oDataNextLink);
  assert.deepEqual(second.value.map((row) => row.name), ["Paged 2", "Paged 3"]);
  assert.equal((await api.retrieveAll(request)).value.length, 5);
  const filter = "startswith(name,'Paged ')";
  assert.equal(await api.count({ collection: "accounts", filter }), 5);
  assert.equal(await api.countAll({ collection: "accounts", filter }), 5);
});

test("values come annotated, and the client makes aliases of them", async () => {
  const primary = (await api.retrieveMultiple({ collection: "contacts", top: 1 })).value[0];
  const key = await create({
    name: "Annotated",
    revenue: 1234.5,
    "primarycontactid@odata.bind": `contacts(${primary.contactid})`,
  });
  const row = await read(key, { select: ["revenue", "_primarycontactid_value"], includeAnnotations: "*" });
  assert.equal(row[`revenue${FORMATTED}`], "1,234.50");
  assert.equal(row.revenue_Formatted, "1,234.50");
  assert.equal(row._primarycontactid_value_Formatted, primary.fullname);
  assert.equal(row._primarycontactid_value_LogicalName, "contact");
  assert.equal(row._primarycontactid_value_NavigationProperty, "primarycontactid");
  const only = await read(key, { select: ["_primarycontactid_value"], includeAnnotations: "OData.Community.Display.V1.FormattedValue" });
  assert.equal(only._primarycontactid_value_LogicalName, undefined);
});

test("related rows are expanded, associated and taken apart", async () => {
  const key = await create({ name: "Related" });
  const relatedKey = await api.create({ collection: "contacts", data: { lastname: "Relative" } });
  const pair = {
    collection: "accounts",
    primaryKey: key,
    relationshipName: "contact_customer_accounts",
    relatedCollection: "contacts",
    relatedKey,
  };
  await api.associate(pair);
  const expand = [{ property: "contact_customer_accounts", select: ["lastname"] }];
  assert.equal((await read(key, { select: ["name"], expand })).contact_customer_accounts[0].lastname, "Relative");
  await api.disassociate(pair);
  assert.deepEqual((await read(key, { select: ["name"], expand })).contact_customer_accounts, []);
  const single = { ...pair, navigationProperty: "primarycontactid" };
  await api.associateSingleValued(single);
  assert.equal((await read(key, { select: ["_primarycontactid_value"] }))._primarycontactid_value, relatedKey);
  await api.disassociateSingleValued(single);
  assert.equal((await read(key, { select: ["_primarycontactid_value"] }))._primarycontactid_value, null);
});

test("FetchXML is answered page by page with the cookie", async () => {
  const fetchXml =
    '<fetch count="2"><entity name="account"><attribute name="name"/><order attribute="name"/>' +
    '<filter><condition attribute="name" operator="like" value="Paged %"/></filter></entity></fetch>';
  const first = await api.fetch({ collection: "accounts", fetchXml, includeAnnotations: "*" });
  assert.deepEqual(first.value.map((row) => row.name), ["Paged 0", "Paged 1"]);
  assert.equal(first.PagingInfo.nextPage, 2);
  const second = await api.fetch({
    collection: "accounts",
    fetchXml,
    includeAnnotations: "*",
    pageNumber: first.PagingInfo.nextPage,
    pagingCookie: first.PagingInfo.cookie,
  });
  assert.deepEqual(second.value.map((row) => row.name), ["Paged 2", "Paged 3"]);
  const includeAnnotations = "Microsoft.Dynamics.CRM.fetchxmlpagingcookie";
  assert.equal((await api.fetchAll({ collection: "accounts", fetchXml, includeAnnotations })).value.length, 5);
});

test("rows are aggregated", async () => {
  const found = await api.retrieveMultiple({
    collection: "accounts",
    apply: "filter(startswith(name,'Paged '))/groupby((statecode),aggregate($count as n))",
  });
  assert.deepEqual(found.value, [{ statecode: 0, n: 5 }]);
});

test("query function with parameters is answered", async () => {
  const found = await api.retrieveMultiple({
    collection: "accounts",
    select: ["name"],
    filter: "Microsoft.Dynamics.CRM.LastXHours(PropertyName='createdon',PropertyValue=1) and name eq 'Paged 1'",
  });
  assert.equal(found.value.length, 1);
});

test("functions and actions are called, bound and unbound", async () => {
  const { UserId } = await api.callFunction("WhoAmI");
  assert.match(UserId, /^[0-9a-f-]{36}$/);
  const privileges = await api.callFunction({
    collection: "systemusers",
    key: UserId,
    functionName: "Microsoft.Dynamics.CRM.RetrieveUserPrivileges",
  });
  assert.ok(privileges.RolePrivileges.length > 0);
  const missing = await api.callFunction({ functionName: "RetrieveMissingDependencies", parameters: { SolutionUniqueName: "Basic" } });
  assert.deepEqual(missing.value ?? missing.EntityCollection ?? [], []);
  await api.callAction({ actionName: "PublishXml", action: { ParameterXml: "<importexportxml/>" } });
});

test("request acts for another user", async () => {
  const impersonate = "d3650000-0000-4000-8000-000000000031";
  const { UserId } = await api.callFunction({ functionName: "WhoAmI", impersonate });
  assert.equal(UserId, impersonate);
});

test("environment tells of itself", async () => {
  const parameters = { AccessType: "Microsoft.Dynamics.CRM.EndpointAccessType'Default'" };
  const { Detail } = await api.callFunction({ functionName: "RetrieveCurrentOrganization", parameters });
  assert.match(Detail.OrganizationId, /^[0-9a-f-]{36}$/);
});

test("batch answers each request, with a change set that refers to what it made", async () => {
  api.startBatch();
  api.create({ collection: "accounts", data: { name: "Batched" }, contentId: "1" });
  api.create({ collection: "contacts", data: { lastname: "In batch", "parentcustomerid_account@odata.bind": "$1" } });
  api.retrieveMultiple({ collection: "accounts", select: ["name"], filter: "name eq 'Batched'", inChangeSet: false });
  const answers = await api.executeBatch();
  assert.match(answers[0], /^[0-9a-f-]{36}$/);
  assert.equal(answers[2].value[0].name, "Batched");
});

test("failed change set leaves nothing behind", async () => {
  api.startBatch();
  api.create({ collection: "accounts", data: { name: "Undone" } });
  api.update({ collection: "accounts", key: GONE, data: { nonsense: 1 } });
  await assert.rejects(api.executeBatch());
  assert.deepEqual(await names("name eq 'Undone'"), []);
});

test("query too long for a URL is sent as a batch", async () => {
  const filter = Array.from({ length: 120 }, (_, number) => `name eq 'Paged ${number} of a very long list'`).join(" or ");
  assert.deepEqual(await names(filter), []);
});

test("table is described", async () => {
  const { value } = await api.retrieveEntities({ select: ["LogicalName"], filter: "LogicalName eq 'account'" });
  assert.equal(value[0].LogicalName, "account");
  const entityKey = value[0].MetadataId;
  const attributes = await api.retrieveAttributes({ entityKey, select: ["LogicalName"] });
  assert.ok(attributes.value.some((attribute) => attribute.LogicalName === "telephone1"));
  const attribute = await api.retrieveAttribute({
    entityKey,
    attributeKey: "LogicalName='statecode'",
    castType: "Microsoft.Dynamics.CRM.StateAttributeMetadata",
    expand: [{ property: "OptionSet", select: ["Options"] }],
  });
  assert.ok(attribute.OptionSet.Options.length > 0);
  assert.match(await api.retrieveCsdlMetadata(), /<edmx:Edmx/);
});

test("error reaches the caller with status, code and message", async () => {
  await assert.rejects(create({ nonsense: 1 }), (error) => {
    assert.deepEqual([error.status, error.code], [400, "0x80048d19"]);
    assert.match(error.message, /Invalid property 'nonsense'/);
    return true;
  });
  await assert.rejects(client({ onTokenRefresh: async () => ({ accessToken: "wrong" }) }).callFunction("WhoAmI"), { status: 401 });
});
