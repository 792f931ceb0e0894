// Peers in Node: `node peers.mjs node PORT SECRET` is its http and crypto modules, no store;
// `node peers.mjs octokit PORT SECRET` is @octokit/webhooks with a handler that does nothing, where it is installed.
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const [kind, port, secret] = process.argv.slice(2);

function verified(body, said) {
  const wanted = Buffer.from("sha256=" + createHmac("sha256", secret).update(body).digest("hex"));
  const got = Buffer.from(said ?? "");
  return wanted.length === got.length && timingSafeEqual(wanted, got);
}

if (kind === "octokit") {
  const { Webhooks, createNodeMiddleware } = await import("@octokit/webhooks");
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
