// Runs a test file of this folder:  node run.mjs unit_test.mjs|time_unit_test.mjs|page_test.mjs|... [LOCI-PROGRAM]
// The exit status is 77 where what it takes is missing.
import { spawnSync } from "node:child_process";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { missing } from "./browser.mjs";

const [test, loci] = process.argv.slice(2);
if (Number(process.versions.node.split(".")[0]) < 18) {
  console.error("skipped: node is older than 18");
  process.exit(77);
}
const lack = test.endsWith("unit_test.mjs") ? null : await missing();
if (lack !== null) {
  console.error(`skipped: ${lack}`);
  process.exit(77);
}
const file = join(dirname(fileURLToPath(import.meta.url)), test);
const { status } = spawnSync(process.execPath, ["--test", file], {
  stdio: "inherit",
  env: { ...process.env, LOCI: loci === undefined ? "" : resolve(loci) },
});
process.exit(status ?? 1);
