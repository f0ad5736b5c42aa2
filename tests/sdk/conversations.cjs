// The official Node SDK talks: node conversations.cjs FOLDER_OF_NODE_MODULES, what to know as JSON on its input.
const path = require("path");
const { createRequire } = require("module");
const load = createRequire(path.join(process.argv[2], "node_modules", "x.js"));
const { HighLevel } = load("@gohighlevel/api-client");

const LATER = 4000000000;
const methods = (service) =>
  Object.getOwnPropertyNames(Object.getPrototypeOf(service)).filter((name) => name !== "constructor");

async function story(said) {
  HighLevel.BASE_URL = said.url;
  const sdk = new HighLevel({ privateIntegrationToken: said.token, logLevel: "error" });
  const { contacts } = sdk;
  const asked = new Set();
  const conversations = new Proxy(sdk.conversations, {
    get: (service, name) => (asked.add(name), service[name].bind(service)),
  });
  const { locationId } = said;
  const refused = (asked) => asked.then(() => "answered", (error) => error.response.message);
  const made = await contacts.createContact({
    locationId, firstName: "Vera", phone: "+14155550155", email: "vera@example.com",
  });
  const contactId = made.contact.id;
  const found = await conversations.searchConversation({ locationId, contactId });
  const conversationId = found.conversations[0].id;
  const told = { contactId, conversationId };

  // begun anew, changed and found
  told.twice = await refused(conversations.createConversation({ locationId, contactId }));
  await conversations.deleteConversation({ conversationId });
  told.begun = (await conversations.createConversation({ locationId, contactId })).conversation.id;
  await conversations.updateConversation({ conversationId }, { locationId, starred: true });
  told.kept = await conversations.getConversation({ conversationId });

  // what is said
  const text = await conversations.sendANewMessage({ type: "SMS", contactId, message: "Hello" });
  const mail = await conversations.sendANewMessage({ type: "Email", contactId, subject: "Hi", html: "<p>Hello</p>" });
  const came = await conversations.addAnInboundMessage({ type: "SMS", contactId, message: "Who is it?" });
  told.listed = (await conversations.getMessages({ conversationId, limit: 3 })).messages;
  told.ids = [came.messageId, mail.messageId, text.messageId];
  told.message = await conversations.getMessage({ id: came.messageId });
  told.email = await conversations.getEmailById({ id: mail.emailMessageId });
  told.exported = await conversations.exportMessagesByLocation({ locationId, contactId, limit: 10 });
  const late = await conversations.sendANewMessage({ type: "SMS", contactId, message: "x", scheduledTimestamp: LATER });
  told.cancelled = await conversations.cancelScheduledMessage({ messageId: late.messageId });
  told.left = await conversations.cancelScheduledEmailMessage({ emailMessageId: mail.emailMessageId });

  // files, a call with its recording
  const form = new FormData();
  form.append("conversationId", conversationId);
  form.append("locationId", locationId);
  form.append("fileAttachment", new Blob([Buffer.from(said.sound, "base64")]), "call.wav");
  const asForm = { headers: { "Content-Type": "multipart/form-data" } };
  const file = (await conversations.uploadFileAttachments(form, asForm)).uploadedFiles["call.wav"];
  const direct = { locationId, conversationId, filename: "a.png" };
  const wanted = { ...direct, contentType: "image/png", channel: "SMS" };
  const { uploadUrl, uploadId, filePath } = await conversations.initiateFileUpload(wanted);
  const png = Buffer.from("89504e470d0a1a0a", "hex");
  await fetch(said.url + new URL(uploadUrl).pathname, { method: "PUT", body: png });
  told.direct = (await conversations.completeFileUpload({ ...direct, uploadId, filePath })).metadata;
  const call = { to: "+14155550155", from: "+14155550100", status: "completed", duration: 7 };
  const provider = { conversationProviderId: said.callProvider };
  const { messageId } = await conversations.addAnOutboundMessage({ type: "Call", ...provider, call });
  told.call = await conversations.addMessageAttachments({ messageId }, { attachments: [file] });
  const binary = { responseType: "arraybuffer" };
  told.recording = (await conversations.getMessageRecording({ locationId, messageId }, binary)).toString("base64");
  const operator = { Authorization: `Bearer ${said.operator}`, "Content-Type": "application/json" };
  const ask = (method, at, body) =>
    fetch(`${said.url}/operator/locations/${locationId}${at}`, { method, headers: operator, body: JSON.stringify(body) })
      .then((answer) => answer.json());
  await ask("PUT", `/messages/${messageId}/transcription`, { sentences: [said.sentence] });
  told.sentences = await conversations.getMessageTranscription({ locationId, messageId });
  told.words = await conversations.downloadMessageTranscription({ locationId, messageId });

  // a provider of its own, a chat, a review
  const own = await ask("POST", "/providers", { name: "By Node", type: "SMS", default: false });
  const by = await conversations.sendANewMessage({
    type: "SMS", contactId, message: "Hello", conversationProviderId: own.id,
  });
  told.status = (await conversations.updateMessageStatus({ messageId: by.messageId }, { status: "read" })).status;
  told.others = await refused(conversations.updateMessageStatus({ messageId: text.messageId }, { status: "read" }));
  const visitor = await ask("POST", "/visitors", { contactId });
  const typing = { locationId, visitorId: visitor.id, conversationId, isTyping: "true" };
  told.typing = await conversations.liveChatAgentTyping(typing);
  await ask("POST", "/reviews", { contactId, reviewId: "r-2", stars: 5 });
  told.answered = (await conversations.sendReviewReply({ conversationId, locationId, message: "Thanks" })).status;

  // kinds of mail
  const kind = { name: "News", channel: "email", language: "en" };
  const { subtype } = await conversations.createCustomSubtype({ locationId }, kind);
  await conversations.updateCustomSubtype({ id: subtype.id, locationId }, { archived: true });
  told.kinds = (await conversations.getAllCustomSubtypes({ locationId })).subtypes.map((one) => one.archived);
  const action = { type: "default", subtype_name: "One on One", subtype_status: "unsubscribed" };
  const email = "vera@example.com";
  await conversations.userSubscriptionChange({ locationId, contactId, email, subscription_action: action });
  told.wants = (await conversations.getContactUnsubscriptionStatus({ locationId, contactId })).emails[0].subscriptions;
  told.unwanted = await refused(conversations.sendANewMessage({ type: "Email", contactId, html: "x" }));
  told.untold = methods(sdk.conversations).filter((name) => !asked.has(name));
  return told;
}

let input = "";
process.stdin.on("data", (part) => (input += part));
process.stdin.on("end", () =>
  story(JSON.parse(input)).then((told) => console.log(JSON.stringify(told)), (error) => {
    console.error(error.stack, error.response);
    process.exit(1);
  })
);
