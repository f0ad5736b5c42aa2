// The official Node SDK as an app: node story.cjs FOLDER_OF_NODE_MODULES, what to know as JSON on its input.
const path = require("path");
const { createRequire } = require("module");
const load = createRequire(path.join(process.argv[2], "node_modules", "x.js"));
const { HighLevel } = load("@gohighlevel/api-client");
const axios = load("axios");

// What ends shows on every process within this time.
const aSecond = () => new Promise((resolve) => setTimeout(resolve, 1_000));

async function story(said) {
  HighLevel.BASE_URL = said.url;
  const sdk = new HighLevel({ clientId: said.clientId, clientSecret: said.clientSecret, logLevel: "error" });
  const paths = [];
  sdk.httpClient.interceptors.request.use((request) => (paths.push(request.url), request));
  const operator = axios.create({ baseURL: said.url, headers: { Authorization: `Bearer ${said.operatorToken}` } });
  const credentials = { client_id: said.clientId, client_secret: said.clientSecret, user_type: "Company" };
  const agency = await sdk.oauth.getAccessToken({ ...credentials, grant_type: "authorization_code", code: said.code });
  await sdk.sessionStorage.setSession(said.companyId, agency);
  const place = { companyId: said.companyId, locationId: said.locationId };
  const own = await sdk.oauth.getLocationAccessToken(place);
  await sdk.sessionStorage.setSession(said.locationId, own);
  const contact = (email) => sdk.contacts.createContact({ locationId: said.locationId, email });
  const first = await contact("node.first@example.com");
  await operator.put("/operator/clock", { seconds: 86_400 });
  await aSecond();
  const found = await sdk.contacts.getContacts({ locationId: said.locationId, query: "node.first" });
  const second = await contact("node.second@example.com");
  const kept = await sdk.sessionStorage.getSession(said.locationId);
  await operator.post(`/operator/apps/${said.appId}/uninstall`, { companyId: said.companyId });
  await aSecond();
  const refused = await sdk.contacts.getContacts({ locationId: said.locationId }).then(() => "allowed", (error) => error.statusCode);
  return {
    paths, refused, userType: agency.userType, emails: [first.contact.email, second.contact.email],
    found: found.contacts.map((contact) => contact.email), refreshed: kept.refresh_token !== own.refresh_token,
  };
}

let input = "";
process.stdin.on("data", (part) => (input += part));
process.stdin.on("end", () =>
  story(JSON.parse(input)).then((told) => console.log(JSON.stringify(told)), (error) => {
    console.error(error.stack, error.response && error.response.data);
    process.exit(1);
  })
);
