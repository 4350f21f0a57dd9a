import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import config from "../../deno.json" with { type: "json" };

const root = new URL("../../", import.meta.url);
const keys = Object.keys(config.exports);
const entries = Object.values(config.exports).map((path) => path.slice(2));
/** What is bundled into a module of the package. */
const BUNDLED = "src/inspector/page/";
const sources = ["mod.ts", ...filesIn("src"), ...filesIn("tasks")]
  .filter((path) => !path.startsWith(BUNDLED));

describe("the package", () => {
  it("has export keys that are the kebab-case of their files", () => {
    assertEquals(keys, entries.map(keyOf));
  });

  it("has an entry for every public file in tasks", () => {
    assertEquals(
      entries.filter(isIn("tasks")).sort(),
      sources.filter(isIn("tasks")).filter(isPublic).sort(),
    );
  });

  it("has no file that no entry needs", async () => {
    const needed = (await modulesOf(entries)).map(({ path }) => path);
    assertEquals(needed.sort(), sources.toSorted());
  });

  it("has no folder within a folder", () => {
    assertEquals(sources.filter((path) => path.split("/").length > 3), []);
  });

  it("has no folder in src that is no entry", () => {
    const folders = sources.filter(isIn("src"))
      .filter((path) => path.split("/").length === 3)
      .map((path) => path.replace(/[^/]+$/, "mod.ts"));
    assertEquals(
      [...new Set(folders)].filter((path) => !entries.includes(path)),
      [],
    );
  });

  it("has no import cycle, types included", () => {
    assertEquals(
      cyclesIn(new Map(sources.map((path) => [path, importsOf(path)]))),
      [],
    );
    const cycle = new Map([["a", ["b"]], ["b", ["c"]], ["c", ["b"]]]);
    assertEquals(cyclesIn(cycle), ["b > c > b"]);
  });

  it("has tasks and demos that import public entries, and helpers without classes", () => {
    const strange = [...sources.filter(isIn("tasks")), ...filesIn("examples")]
      .flatMap((path) =>
        importsOf(path)
          .filter(isIn("src"))
          .filter((target) => !isEntry(target) && !isHelper(target))
          .map((target) => `${path} imports ${target}`)
      );
    assertEquals(strange, []);
    assertEquals(isHelper("src/task_run.ts"), false);
  });

  it("has no way around the type checker, and no back door", () => {
    for (const path of sources) {
      assertEquals(codeOf(path).match(BACK_DOOR)?.[0], undefined, path);
    }
  });

  it("opens every entry with a module doc", () => {
    for (const path of entries) {
      assertMatch(
        read(path),
        /^\/\*\*\n(?: \*.*\n)* \* @module\n \*\/\n/,
        path,
      );
    }
  });

  it("has nothing but re-exports in mod.ts and tasks/mod.ts", () => {
    for (const path of ["mod.ts", "tasks/mod.ts"]) {
      assertEquals(codeOf(path).replaceAll(REEXPORT, "").trim(), "", path);
    }
  });

  it("has in tasks/mod.ts all tasks that run on any runtime, and no more", async () => {
    const portable: string[] = [];
    for (const path of sources.filter(isIn("tasks")).filter(isPublic)) {
      const needed = (await modulesOf([path])).map(({ path }) => path);
      if (!needed.some((path) => NOT_EVERYWHERE.includes(path))) {
        portable.push(...declaredExports(path), ...exportedNames(path));
      }
    }
    assertEquals(
      reexportedNames("tasks/mod.ts").sort(),
      [...new Set(portable)].sort(),
    );
  });

  it("imports nothing but its own files, and when it is used, what Node has", async () => {
    for (const { path, imports } of await modulesOf(entries)) {
      for (const specifier of imports) {
        if (specifier.startsWith("node:")) {
          assertEquals(OF_NODE[path], specifier, path);
          assertMatch(
            codeOf(path),
            new RegExp(`await import\\("${specifier}"`),
          );
        } else assertMatch(specifier, /^\.\.?\/.+\.ts$/, path);
      }
    }
  });

  it("names no runtime in its code, but where it is all about one", () => {
    for (const path of sources.filter((path) => !OF_RUNTIMES.includes(path))) {
      assertEquals(
        // The key under which it looks up what is shown is no use of it.
        codeOf(path).replaceAll('Symbol.for("Deno.customInspect")', "")
          .match(/\b(?:Deno|Bun)\b/)?.[0],
        undefined,
        path,
      );
    }
  });

  it("has a changelog that opens with its version", () => {
    assertMatch(
      read("CHANGELOG.md"),
      new RegExp(`^# .+\n+## ${config.version}\n`),
    );
  });

  it("has nothing else at the top of its folder", () => {
    const ignored = read(".gitignore").replaceAll(/^\//gm, "").split("\n");
    const names = [...Deno.readDirSync(root)]
      .map(({ name, isDirectory }) => isDirectory ? `${name}/` : name)
      .filter((name) => !name.startsWith(".") && !ignored.includes(name));
    assertEquals(names.sort(), [
      "CHANGELOG.md",
      "CONTRIBUTING.md",
      "LICENSE",
      "README.md",
      "deno.json",
      "deno.lock",
      "examples/",
      "mod.ts",
      "src/",
      "tasks/",
      "tests/",
    ]);
  });

  it("publishes its sources, and the documents that the README links to", async () => {
    const { stderr } = await deno("publish", "--dry-run", "--allow-dirty");
    const listed = [...stderr.matchAll(/^ +(file:.+) \([^)]+\)$/gm)];
    assertEquals(
      listed.map(([, url = ""]) => pathOf(url)).sort(),
      [
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "LICENSE",
        "README.md",
        "deno.json",
        ...sources,
      ].sort(),
    );
  });
});

/** What needs more than every runtime has. */
const NOT_EVERYWHERE = [
  "src/signals/os_signals.ts",
  "tasks/_deno.ts",
  "tasks/_node_serving.ts",
  "tasks/_node_thread.ts",
];

/** What is imported of Node. */
const OF_NODE: Readonly<Record<string, string>> = {
  "tasks/_node_child.ts": "node:child_process",
  "tasks/_process_table.ts": "node:fs/promises",
};

/** What is for Deno only, or is about what differs between runtimes. */
const OF_RUNTIMES = [
  "tasks/_deno.ts",
  "tasks/_deno_serving.ts",
  "tasks/_lock_deno_kv.ts",
  "tasks/_node_thread.ts",
  "tasks/_start_thread.ts",
  "tasks/deno_server.ts",
];

const REEXPORT = /^export (?:type )?\{([^}]+)\} from "(.+)";$/gm;
const EXPORTED_NAMES = /^export (?:type )?\{([^}]+)\};$/gm;
const DECLARED_EXPORT =
  /^export (?:async |abstract )*(?:class|const|function|interface|type) (\w+)/gm;

/** Casts that hide a type, and access to what is private. */
const BACK_DOOR =
  /\bas (?:unknown|any) as\b|\bas any\b|@ts-|\bexport let\b|^ +declare |\w\["#?[a-z]\w*"\] *(?:=|\?\.|;|\))/m;
const IMPORT = /^(?:import|export)\b[^;]*?from "(\..+?)";/gm;

interface ModuleInfo {
  readonly path: string;
  readonly imports: readonly string[];
}

/** The key that an entry has. */
function keyOf(path: string): string {
  const name = path
    .replace(/^src\//, "")
    .replace(/\/?mod\.ts$|\.ts$/, "")
    .replaceAll("_", "-");
  return name === "" ? "." : `./${name}`;
}

/** What a file imports of the project, types included. */
function importsOf(path: string): string[] {
  return [...codeOf(path).matchAll(IMPORT)].map(([, target = ""]) =>
    pathOf(new URL(target, new URL(path, root)).href)
  );
}

/** Whether a file is that of a public entry, or lies in its folder. */
function isEntry(path: string): boolean {
  return isIn("src")(path) && path.split("/").length === 3;
}

/** Whether neither a file nor what it imports has a class. */
function isHelper(path: string): boolean {
  return !/^(?:export )?(?:abstract )?class /m.test(codeOf(path)) &&
    importsOf(path).every(isHelper);
}

/** Every way that leads from a file back to itself. */
function cyclesIn(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]) => {
    if (way.includes(path)) {
      cycles.push([...way.slice(way.indexOf(path)), path].join(" > "));
    }
    if (done.has(path)) return;
    done.add(path);
    for (const next of graph.get(path) ?? []) visit(next, [...way, path]);
  };
  for (const path of graph.keys()) visit(path, []);
  return cycles;
}

function isIn(folder: string): (path: string) => boolean {
  return (path) => path.startsWith(`${folder}/`);
}

function isPublic(path: string): boolean {
  return !/(?:^|\/)_/.test(path);
}

function filesIn(folder: string): string[] {
  return [...Deno.readDirSync(new URL(folder, root))].flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory ? filesIn(path) : [path];
  });
}

function pathOf(url: string): string {
  assert(url.startsWith(root.href), url);
  return url.slice(root.href.length);
}

function read(path: string): string {
  return Deno.readTextFileSync(new URL(path, root)).replaceAll("\r\n", "\n");
}

function codeOf(path: string): string {
  return read(path).replaceAll(/^ *(?:\/?\*|\/\/).*$/gm, "");
}

function reexportedNames(path: string): string[] {
  return namesIn(path, REEXPORT);
}

function namesIn(path: string, exports: RegExp): string[] {
  return [...codeOf(path).matchAll(exports)].flatMap(([, names = ""]) =>
    names.split(",").map((name) => name.replace("type ", "").trim())
  ).filter((name) => name !== "");
}

/** What a file exports for another. */
function exportedNames(path: string): string[] {
  return namesIn(path, EXPORTED_NAMES);
}

function declaredExports(path: string): string[] {
  return [...codeOf(path).matchAll(DECLARED_EXPORT)].map(([, name = ""]) =>
    name
  );
}

/** The modules that files need, themselves included. */
async function modulesOf(paths: readonly string[]): Promise<ModuleInfo[]> {
  const modules = new Map<string, ModuleInfo>();
  for (const path of paths) {
    const { stdout } = await deno("info", "--json", path);
    for (const module of JSON.parse(stdout).modules) {
      const { specifier, dependencies = [] } = module;
      if (specifier.startsWith("node:")) continue;
      const path = pathOf(specifier);
      const imports = dependencies.map((each: { specifier: string }) =>
        each.specifier
      );
      modules.set(path, { path, imports });
    }
  }
  return [...modules.values()];
}

async function deno(...args: string[]) {
  const output = await new Deno.Command(Deno.execPath(), {
    args: [...args, "--no-lock"],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  const stdout = new TextDecoder().decode(output.stdout);
  const stderr = new TextDecoder().decode(output.stderr);
  assert(output.success, stderr);
  return { stdout, stderr };
}
