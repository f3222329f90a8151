// Starts `spelk lsp` for .spl files, for searches in YAML and for savedsearches.conf.
const { workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

function settings() {
  const all = workspace.getConfiguration("spelk");
  const names = ["apps", "lookups", "macros", "data", "builtin", "emptyTables", "findApps", "lint"];
  return Object.fromEntries(names.map((name) => [name, all.get(name)]));
}

function activate() {
  const command = workspace.getConfiguration("spelk").get("path");
  client = new LanguageClient(
    "spelk",
    "spelk",
    { command, args: ["lsp"] },
    {
      documentSelector: [
        { language: "spl" },
        { scheme: "file", language: "yaml" },
        { scheme: "file", pattern: "**/savedsearches.conf" },
      ],
      initializationOptions: settings(),
      synchronize: {
        fileEvents: workspace.createFileSystemWatcher(
          "**/{*.conf,*.csv,macros/*.yml,lookups/*.yml,.spelk-lint.yaml}"
        ),
      },
    }
  );
  workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration("spelk")) {
      client.sendNotification("workspace/didChangeConfiguration", {
        settings: { spelk: settings() },
      });
    }
  });
  return client.start();
}

function deactivate() {
  return client ? client.stop() : undefined;
}

module.exports = { activate, deactivate };
