import { type Report, TaskManager } from "@goasync/core";
import {
  type InspectedManager,
  type Inspector,
  inspector,
  type InspectorNodeRequest,
  type InspectorNodeResponse,
  type InspectorOptions,
} from "@goasync/core/inspector";
import { equal, match } from "node:assert/strict";

/** A page that is asked for its data, and one of a server of Node. */
export async function useInspector(): Promise<void> {
  const manager: InspectedManager = new TaskManager();
  const options: InspectorOptions = { hosts: ["inspect.test"], control: false };
  const page: Inspector = inspector(manager, options);
  const headers = { authorization: `Bearer ${page.token}` };
  const story = await page.fetch(
    new Request("http://inspect.test/story", { headers }),
  );
  const { report } = await story.json() as { report: Report };
  equal(report.state, "idle");

  let html = "";
  const request: InspectorNodeRequest = { headers: { host: "localhost" } };
  const response: InspectorNodeResponse = {
    writeHead: (status) => equal(status, 200),
    write() {},
    end: (body = "") => void (html = body),
    on() {},
  };
  page.node(request, response);
  match(html, /^<!doctype html>/);
  page[Symbol.dispose]();
}
