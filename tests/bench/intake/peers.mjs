// Peers in Node: `node peers.mjs node PORT SECRET` is its http and crypto modules, no store;
// `node peers.mjs octokit PORT SECRET` is @octokit/webhooks, `node peers.mjs probot PORT SECRET` is Probot, each with a handler that does nothing,
// from the folder of packages that PEERS names.
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [kind, port, secret] = process.argv.slice(2);

function verified(body, said) {
  const wanted = Buffer.from("sha256=" + createHmac("sha256", secret).update(body).digest("hex"));
  const got = Buffer.from(said ?? "");
  return wanted.length === got.length && timingSafeEqual(wanted, got);
}

const peer = (name) => {
  const path = createRequire(`${process.env.PEERS}/x.js`).resolve(name);
  return import(pathToFileURL(path).href);
};

if (kind === "probot") {
  const { generateKeyPairSync } = await import("node:crypto");
  const { Probot, createNodeMiddleware } = await peer("probot");
  const privateKey = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs1", format: "pem" });
  const probot = new Probot({ appId: 1, privateKey, secret, logLevel: "fatal" });
  const middleware = await createNodeMiddleware((app) => app.on("pull_request", () => {}), { probot, webhooksPath: "/webhooks/github" });
  createServer((request, response) => middleware(request, response, () => response.writeHead(404).end())).listen(Number(port), "127.0.0.1");
} else if (kind === "octokit") {
  const { Webhooks, createNodeMiddleware } = await peer("@octokit/webhooks");
  const webhooks = new Webhooks({ secret });
  webhooks.on("pull_request", () => {});
  createServer(createNodeMiddleware(webhooks, { path: "/webhooks/github" })).listen(Number(port), "127.0.0.1");
} else {
  createServer((request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      response.statusCode = verified(Buffer.concat(parts), request.headers["x-hub-signature-256"]) ? 202 : 401;
      response.end();
    });
  }).listen(Number(port), "127.0.0.1");
}
