// Buys something with the types that `make clients` makes: node buy.js URL TOKEN
import createClient from "openapi-fetch";
import type { paths } from "./shop.d.ts";

declare const process: { argv: string[] };

const [url, token] = process.argv.slice(2);
const shop = createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${token}` } });

const had = <T>(answer: { data?: T; error?: { code: string } }): T => {
  if (answer.data === undefined) throw new Error(answer.error?.code);
  return answer.data;
};

const goods = had(await shop.GET("/v1/products")).items[0];
const address = had(await shop.GET("/v1/me/addresses")).items[0];
const quote = had(
  await shop.POST("/v1/quotes", {
    body: {
      lines: [{ sku_id: goods.skus[0].sku_id, quantity: 1 }],
      delivery: { kind: "address", address_id: address.address_id },
    },
  }),
);

const key = crypto.randomUUID();
const agreed = { body: { quote_id: quote.quote_id, hash: quote.hash }, params: { header: { "Idempotency-Key": key } } };
const first = await shop.POST("/v1/orders", agreed);
const again = await shop.POST("/v1/orders", agreed);
const order = had(first);

const payment = had(
  await shop.POST("/v1/orders/{order_id}/payments", {
    params: { path: { order_id: order.order_id } },
    body: { gateway: "counter", flow: "counter" },
  }),
);
if (payment.action?.kind !== "pay_at_counter") throw new Error("the counter asks for a code");
const code: string = payment.action.code; // the compiler knows it by the kind

const refused = await shop.POST("/v1/orders", { body: { quote_id: crypto.randomUUID(), hash: quote.hash } });

console.log(
  JSON.stringify({
    paid_by: code && payment.action.kind,
    minor: order.payable.minor,
    refused: refused.error?.code,
    replayed: [first, again].map((answer) => answer.response.headers.get("idempotent-replayed")),
    same_order: had(again).order_id === order.order_id,
  }),
);
