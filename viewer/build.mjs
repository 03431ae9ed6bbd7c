// Makes the page's template: one HTML file with the program and its style inside, and a place for a network's data.
//
//     node build.mjs [OUT.html]
//
// Works offline once `npm ci` has run.
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? `${here}/dist/template.html`);

// The charset keeps the file in ASCII wherever it goes; esbuild itself writes </script as <\/script.
async function bundle(entry) {
  const result = await build({
    entryPoints: [`${here}/src/${entry}`],
    absWorkingDir: here,
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2022",
    charset: "ascii",
    legalComments: "inline",
    logLevel: "warning",
  });
  return result.outputFiles[0].text.trim();
}

const [page, script, style] = await Promise.all([
  readFile(`${here}/src/index.html`, "utf8"),
  bundle("main.js"),
  bundle("style/all.css"),
]);

// Only this very script may run, whatever else gets into a page.
const hash = `sha256-${createHash("sha256").update(script).digest("base64")}`;
const parts = { "/*SCRIPT-HASH*/": hash, "/*STYLE*/": style, "/*SCRIPT*/": script };
const html = page.replace(/\/\*(SCRIPT-HASH|STYLE|SCRIPT)\*\//g, (name) => parts[name]);

// What `loci view` looks for.
const place = '<script type="application/json" id="loci-data">__LOCI_DATA__</script>';
if (html.split(place).length !== 2 || html.split("__LOCI_DATA__").length !== 2)
  throw new Error("the template must hold the place for the data exactly once");
await mkdir(dirname(out), { recursive: true });
await writeFile(out, html);
