/** The OpenAPI document describes every route, and answers are what it says. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { allRoutes } from "../../../api/routes/answering.ts";
import type { Services } from "../../../api/routes/route.ts";
import { API_ERRORS, type ApiErrorCode } from "../../../widget/wire/errors.ts";
import { call, startTestApi, type TestApi } from "../support/api.ts";

// biome-ignore lint/suspicious/noExplicitAny: a document as it came over the wire
let document: any;
let api: TestApi;
before(async () => {
  api = await startTestApi();
  document = (await call(api, "GET", "/openapi.json")).json;
});
after(() => api?.stop());

type Operation = {
  operationId: string;
  summary: string;
  security: Record<string, []>[];
  parameters?: { name: string; in: string; required: boolean; schema: object }[];
  requestBody?: { content: Record<string, { schema?: object }> };
  responses: Record<string, { description: string; "x-codes"?: ApiErrorCode[]; content: Record<string, unknown> }>;
};

function operations(): [path: string, method: string, operation: Operation][] {
  return Object.entries(document.paths as Record<string, Record<string, Operation>>).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [path, method, operation] as [string, string, Operation]),
  );
}

describe("the OpenAPI document", () => {
  test("is an OpenAPI 3.1 document with distinct operations", () => {
    assert.equal(document.openapi, "3.1.0");
    assert.ok(document.info.title && document.info.version);
    const ids = operations().map(([, , operation]) => operation.operationId);
    assert.equal(new Set(ids).size, ids.length);
    for (const id of ids) assert.match(id, /^[a-z]+[A-Za-z]+$/);
  });

  test("has every route that is served, and no other", () => {
    const services = { allowedOrigins: [], origin: "" } as unknown as Services;
    const served = allRoutes(services).map((route) => `${route.method} ${route.path.replaceAll(/:(\w+)/g, "{$1}")}`);
    const described = operations().map(([path, method]) => `${method.toUpperCase()} ${path}`);
    assert.deepEqual(described.sort(), served.sort());
    assert.ok(served.length >= 18);
  });

  test("names every parameter of a path, every token, body and answer", () => {
    for (const [path, method, operation] of operations()) {
      const where = `${method} ${path}`;
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const described = (operation.parameters ?? []).filter((parameter) => parameter.in === "path");
      assert.deepEqual(described.map((parameter) => parameter.name).sort(), inPath.sort(), where);
      for (const parameter of operation.parameters ?? []) assert.ok(parameter.required && parameter.schema, where);
      // A room is opened with a signature, and the key of the trails is for everybody.
      const isOpen = path === "/api/audit-key" || (path === "/api/rooms/{roomId}" && method === "put");
      if (path.startsWith("/api/") && !isOpen) {
        assert.equal(operation.security.length, 1, where);
        const [scheme = ""] = Object.keys(operation.security[0] ?? {});
        assert.ok(document.components.securitySchemes[scheme], where);
      }
      if (method === "put" || method === "post") assert.ok(operation.requestBody, where);
      assert.ok(operation.summary && Object.keys(operation.responses).some((status) => status.startsWith("2")), where);
    }
  });

  test("lists the problem codes of each status, all of them known", () => {
    for (const [path, method, operation] of operations()) {
      for (const [status, response] of Object.entries(operation.responses)) {
        for (const code of response["x-codes"] ?? []) {
          assert.equal(API_ERRORS[code], Number(status), `${method} ${path} ${code}`);
        }
      }
    }
  });

  test("refers to nothing that it does not hold", () => {
    const references = JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g);
    for (const [, path = ""] of references) {
      const target = path.split("/").reduce((value, key) => value?.[key], document);
      assert.ok(target, path);
    }
  });

  test("gives away nothing of where it runs", () => {
    assert.ok(!JSON.stringify(document).includes(String(api.port)));
    assert.ok(!JSON.stringify(document).includes(api.dataDir));
  });
});
