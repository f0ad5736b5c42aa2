// A receiver with the official Node SDK's middleware: node hook.cjs FOLDER_OF_NODE_MODULES raw|parsed; prints its port.
const path = require("path");
const { createRequire } = require("module");
const load = createRequire(path.join(process.argv[2], "node_modules", "x.js"));
const { HighLevel } = load("@gohighlevel/api-client");
const express = load("express");

const sdk = new HighLevel({ clientId: process.env.CLIENT_ID, clientSecret: "not used here", logLevel: "error" });
const app = express();
app.use(process.argv[3] === "raw" ? express.raw({ type: "application/json" }) : express.json());
app.post("/hook", sdk.webhooks.subscribe(), (request, reply) => {
  const said = Buffer.isBuffer(request.body) ? JSON.parse(request.body) : request.body;
  reply.json({ type: said.type, valid: request.isSignatureValid, skipped: request.skippedSignatureVerification });
});
const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
