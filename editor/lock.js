// Writes package-lock.json anew, without the addresses that packages were found at: what counts is their content,
// which the lock names by its hash, and everybody installs from the registry that their npm is set to.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const LOCK = fileURLToPath(new URL("package-lock.json", import.meta.url));

const withoutAddresses = (lock) =>
  JSON.stringify(
    lock,
    (name, value) => (["resolved", "funding"].includes(name) ? undefined : value),
    2,
  ) + "\n";

execFileSync("npm", ["install", "--package-lock-only", "--no-audit", "--no-fund"], {
  cwd: fileURLToPath(new URL(".", import.meta.url)),
  stdio: "inherit",
});
writeFileSync(LOCK, withoutAddresses(JSON.parse(readFileSync(LOCK, "utf8"))));
