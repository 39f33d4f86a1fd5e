// Makes static/editor.js, the licences of what is in it, and schema.json, out of src/ and the packages of the lock.
// `node build.js FOLDER` writes them there instead: a test compares them with those that are kept.
import { build } from "esbuild";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const folder = process.argv[2];
const place = (name, usual) => (folder ? join(folder, name) : here(usual));
if (folder) mkdirSync(folder, { recursive: true });

const LICENCES = "editor.licences.txt";

const { metafile } = await build({
  absWorkingDir: here("."),
  entryPoints: ["src/main.js"],
  outfile: place("editor.js", "../static/editor.js"),
  bundle: true,
  format: "iife",
  target: ["es2022"],
  minify: true,
  charset: "ascii",
  legalComments: "none",
  banner: { js: `/*! ProseMirror and others; their licences: ${LICENCES} */` },
  metafile: true,
  logLevel: "warning",
});

const names = Object.keys(metafile.inputs).map((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]);
const packages = [...new Set(names.filter(Boolean))].sort();
const licence = (name) => {
  const found = ["LICENSE", "LICENCE", "LICENSE.md"].map((file) => here(`node_modules/${name}/${file}`)).find(existsSync);
  if (!found) throw new Error(`${name} has no licence text`);
  const { version, license } = JSON.parse(readFileSync(here(`node_modules/${name}/package.json`), "utf8"));
  return `${name} ${version} (${license})\n\n${readFileSync(found, "utf8").trim()}\n`;
};
writeFileSync(place(LICENCES, `../static/${LICENCES}`), packages.map(licence).join(`\n${"-".repeat(72)}\n\n`));

const { CLASSES, elements } = await import("./src/schema.js");
const schema = { elements: elements(), classes: CLASSES };
writeFileSync(place("schema.json", "schema.json"), `${JSON.stringify(schema, null, 2)}\n`);
