// Reading messages, and sending them to what answers.
#include "cli/lsp/server.h"

#include <fmt/format.h>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cli/exit_codes.h"
#include "cli/lsp/document.h"
#include "cli/lsp/features.h"
#include "cli/lsp/json.h"
#include "cli/lsp/transport.h"

namespace spelk::cli::lsp {
namespace {

// JSON-RPC's, and those of the protocol.
constexpr int kParseError = -32700;
constexpr int kInvalidRequest = -32600;
constexpr int kMethodNotFound = -32601;
constexpr int kInvalidParams = -32602;
constexpr int kNotInitialized = -32002;
constexpr int kRequestFailed = -32803;

constexpr size_t kMostDocument = size_t{16} << 20U;

struct Failure {
  int code = 0;
  std::string message;
};

std::optional<Position> PositionIn(const Json& json) {
  const auto line = json["line"].Integer();
  const auto character = json["character"].Integer();
  if (!line || !character || *line < 0 || *character < 0) return std::nullopt;
  return Position{static_cast<size_t>(*line), static_cast<size_t>(*character)};
}

// The first of the client's encodings that is known here; the names are those of the protocol.
constexpr std::pair<std::string_view, Encoding> kEncodings[] = {
    {"utf-16", Encoding::kUtf16}, {"utf-8", Encoding::kUtf8}, {"utf-32", Encoding::kUtf32}};

std::pair<std::string_view, Encoding> EncodingOf(const std::vector<std::string>& wanted) {
  for (const std::string& name : wanted) {
    for (const auto& known : kEncodings) {
      if (known.first == name) return known;
    }
  }
  return kEncodings[0];
}

// After the encoding.
constexpr std::string_view kCapabilities =
    R"json("textDocumentSync":{"openClose":true,"change":2,"save":{"includeText":false}},)json"
    R"json("completionProvider":{"triggerCharacters":["|","`","=","(",".","$"],"resolveProvider":true},)json"
    R"json("hoverProvider":true,)json"
    R"json("signatureHelpProvider":{"triggerCharacters":["(",","]},)json"
    R"json("definitionProvider":true,"referencesProvider":true,)json"
    R"json("renameProvider":{"prepareProvider":true},"documentSymbolProvider":true,)json"
    R"json("documentFormattingProvider":true,)json"
    R"json("codeActionProvider":{"codeActionKinds":["quickfix","source.fixAll.spelk"]}})json";

class Server {
 public:
  Server(Settings settings, int input, int output)
      : workspace_(std::move(settings)),
        features_(workspace_, abilities_),
        reader_(input),
        output_(output) {
    AddHandlers();
  }

  int Run() {
    std::string body;
    while (!over_) {
      switch (reader_.Next(&body)) {
        case MessageReader::Got::kEnd:
          return shut_down_ ? kDone : kAnswerIsNo;
        case MessageReader::Got::kBadHeader:
          Fail("null", {kInvalidRequest, "a message has no Content-Length"});
          continue;
        case MessageReader::Got::kTooLong:
          Fail("null", {kInvalidRequest, fmt::format("a message is longer than {} bytes",
                                                     MessageReader::kMostBody)});
          continue;
        case MessageReader::Got::kMessage:
          Handle(body);
      }
      // While the editor has more to say, what it sees would be old.
      while (!over_ && !changed_.empty() && !reader_.has_more()) Publish();
      LogProblems();
    }
    return shut_down_ ? kDone : kAnswerIsNo;
  }

 private:
  // The result, as JSON; an error.
  using Request = std::function<std::optional<Failure>(const Json& params, std::string* result)>;
  using Notification = std::function<void(const Json& params)>;

  // ---- messages out

  void Send(const JsonText& message) {
    if (!WriteMessage(output_, message.Done())) over_ = true;
  }

  static JsonText Message() {
    JsonText message = JsonText::Object();
    message.SetText("jsonrpc", "2.0");
    return message;
  }

  void Fail(std::string_view id, const Failure& failure) {
    JsonText error = JsonText::Object();
    error.Set("code", std::to_string(failure.code)).SetText("message", failure.message);
    Send(Message().Set("id", id).Set("error", error));
  }

  void Notify(std::string_view method, std::string_view params) {
    Send(Message().SetText("method", method).Set("params", params));
  }

  // Shown in the log of the editor.
  void Log(std::string_view text) {
    constexpr uint64_t kWarning = 2;
    JsonText params = JsonText::Object();
    params.SetNumber("type", kWarning).SetText("message", text);
    Notify("window/logMessage", params.Done());
  }

  void Publish() {
    const std::set<std::string> changed = std::exchange(changed_, {});
    for (const std::string& uri : changed) {
      const Document* document = Find(uri);
      if (document != nullptr) {
        bool complete = true;
        Notify("textDocument/publishDiagnostics", features_.Diagnostics(*document, &complete));
        if (!complete) changed_.insert(uri);
      }
    }
  }

  // What could not be read of apps, packs and feeds.
  void LogProblems() {
    constexpr size_t kMostLogged = 20;
    size_t logged = 0;
    for (const std::string& problem : workspace_.TakeProblems()) {
      if (logged++ < kMostLogged) Log(problem);
    }
  }

  // ---- messages in

  void Handle(std::string& body) {
    simdjson::dom::element root;
    // The parser's own buffer goes on from message to message.
    if (parser_.parse(body).get(root) != simdjson::SUCCESS) {
      return Fail("null", {kParseError, "the message is no JSON"});
    }
    const Json message(root);
    if (message.is_array()) return Fail("null", {kInvalidRequest, "batches are not taken"});
    const Json id = message["id"];
    const bool has_id = static_cast<bool>(id) && !id.is_null();
    const bool good_id = has_id && (id.Integer() || id.Text());
    const std::string shown = good_id ? id.Raw() : "null";
    const auto method = message["method"].Text();
    if (!method) {
      // The answer to a request of ours has none, and no answer is due.
      const bool answer = message["result"] || message["error"];
      if (!answer) Fail(shown, {kInvalidRequest, "the message has no method"});
      return;
    }
    if (has_id && !good_id) {
      return Fail("null", {kInvalidRequest, "the id is neither a number nor a text"});
    }
    if (good_id) return HandleRequest(shown, *method, message["params"]);
    HandleNotification(*method, message["params"]);
  }

  void HandleRequest(const std::string& id, std::string_view method, const Json& params) {
    if (!initialized_ && method != "initialize") {
      return Fail(id, {kNotInitialized, "initialize comes first"});
    }
    if (shut_down_) return Fail(id, {kInvalidRequest, "the server was shut down"});
    const auto handler = requests_.find(method);
    if (handler == requests_.end()) {
      return Fail(id, {kMethodNotFound, fmt::format("there is no method {}", method)});
    }
    std::string result = "null";
    if (const auto failure = handler->second(params, &result)) return Fail(id, *failure);
    Send(Message().Set("id", id).Set("result", result));
  }

  void HandleNotification(std::string_view method, const Json& params) {
    if (method == "exit") {
      over_ = true;
      return;
    }
    const auto handler = notifications_.find(method);
    if (handler != notifications_.end() && initialized_ && !shut_down_) handler->second(params);
  }

  // ---- documents

  const Document* Find(std::string_view uri) const {
    const auto found = documents_.find(uri);
    return found == documents_.end() ? nullptr : &found->second;
  }

  static std::string_view UriIn(const Json& params) {
    return params["textDocument"]["uri"].Text().value_or("");
  }

  void Open(const Json& params) {
    const Json item = params["textDocument"];
    const auto uri = item["uri"].Text();
    const auto text = item["text"].Text();
    if (!uri || !text) return Log("didOpen has no uri or no text");
    const std::string path = PathOfUri(*uri);
    const FileKind kind = FileKindOf(path);
    const std::string_view language = item["languageId"].Text().value_or("");
    const bool spl = path.ends_with(".spl") || language == "spl" || language == "splunk_search";
    if (kind == FileKind::kSearch && !spl && !IsMacrosFile(path)) return;
    if (text->size() > kMostDocument) {
      return Log(fmt::format("{} is longer than {} bytes", *uri, kMostDocument));
    }
    documents_.insert_or_assign(std::string(*uri),
                                Document(std::string(*uri), kind, std::string(*text),
                                         item["version"].Integer().value_or(0), encoding_));
    changed_.emplace(*uri);
  }

  void Change(const Json& params) {
    const auto found = documents_.find(UriIn(params));
    if (found == documents_.end()) return;
    Document& document = found->second;
    for (const Json& change : params["contentChanges"].Items()) {
      const auto text = change["text"].Text();
      if (!text) continue;
      std::optional<std::pair<Position, Position>> range;
      if (change["range"]) {
        const auto begin = PositionIn(change["range"]["start"]);
        const auto end = PositionIn(change["range"]["end"]);
        if (!begin || !end) {
          Log("didChange has a range that is none");
          continue;
        }
        range.emplace(*begin, *end);
      }
      document.Change(range, *text);
      if (document.text().size() > kMostDocument) {
        Log(fmt::format("{} is longer than {} bytes", document.uri(), kMostDocument));
        return Close(document.uri());
      }
    }
    document.Changed(params["textDocument"]["version"].Integer().value_or(document.version() + 1));
    changed_.insert(document.uri());
  }

  void Close(std::string_view of) {
    const std::string uri(of);  // That of the document goes with it.
    const auto found = documents_.find(uri);
    if (found == documents_.end()) return;
    documents_.erase(found);
    changed_.erase(uri);
    JsonText params = JsonText::Object();
    params.SetText("uri", uri).Set("diagnostics", "[]");
    Notify("textDocument/publishDiagnostics", params.Done());
  }

  // What a search is compiled with may stand in any of these files.
  void Saved(std::string_view uri) {
    if (IsKnowledge(PathOfUri(uri))) Forget();
  }

  static bool IsKnowledge(std::string_view path) {
    const bool yaml = path.ends_with(".yml") || path.ends_with(".yaml");
    if (yaml && path.find("/macros/") == std::string_view::npos &&
        path.find("/lookups/") == std::string_view::npos &&
        path.find(".spelk-lint.") == std::string_view::npos) {
      return false;
    }
    return !path.ends_with(".spl");
  }

  void Forget() {
    workspace_.Forget();
    features_.Forget();
    for (const auto& [uri, document] : documents_) changed_.insert(uri);
  }

  void ReadSettings(const Json& json) {
    std::vector<std::string> unknown;
    workspace_.settings().Read(json, &unknown);
    for (const std::string& name : unknown) {
      Log(
          fmt::format("there is no setting \"{}\"; there are apps, lookups, macros, data, builtin, "
                      "emptyTables, findApps and lint",
                      name));
    }
  }

  std::optional<Failure> Initialize(const Json& params, std::string* result) {
    if (initialized_) return Failure{kInvalidRequest, "the server was initialized before"};
    if (!params.is_object()) return Failure{kInvalidParams, "initialize needs params"};
    initialized_ = true;
    const Json document = params["capabilities"]["textDocument"];
    abilities_.snippets = document["completion"]["completionItem"]["snippetSupport"].is_true();
    abilities_.watches_files =
        params["capabilities"]["workspace"]["didChangeWatchedFiles"]["dynamicRegistration"]
            .is_true();
    std::vector<std::string> roots;
    for (const Json& folder : params["workspaceFolders"].Items()) {
      if (const auto uri = folder["uri"].Text()) roots.push_back(PathOfUri(*uri));
    }
    if (const auto uri = params["rootUri"].Text(); uri && roots.empty()) {
      roots.push_back(PathOfUri(*uri));
    }
    workspace_.SetRoots(std::move(roots));
    ReadSettings(params["initializationOptions"]);
    JsonText info = JsonText::Object();
    info.SetText("name", "spelk").SetText("version", Version());
    JsonText answer = JsonText::Object();
    const auto [encoding, of_client] =
        EncodingOf(params["capabilities"]["general"]["positionEncodings"].Texts());
    encoding_ = of_client;
    const std::string capabilities =
        fmt::format(R"({{"positionEncoding":"{}",{})", encoding, kCapabilities);
    *result = answer.Set("capabilities", capabilities).Set("serverInfo", info).Done();
    return std::nullopt;
  }

  // A request about a place in a document that is open.
  void AddPlaced(std::string_view method,
                 std::string (Features::*answer)(const Document&, Position)) {
    requests_[std::string(method)] = [this, answer](const Json& params, std::string* result) {
      const auto position = PositionIn(params["position"]);
      if (!position || UriIn(params).empty()) {
        return std::optional(Failure{kInvalidParams, "textDocument or position is missing"});
      }
      const Document* document = Find(UriIn(params));
      if (document != nullptr) *result = (features_.*answer)(*document, *position);
      return std::optional<Failure>();
    };
  }

  void AddHandlers() {
    requests_["initialize"] = [this](const Json& params, std::string* result) {
      return Initialize(params, result);
    };
    requests_["shutdown"] = [this](const Json&, std::string*) {
      shut_down_ = true;
      return std::optional<Failure>();
    };
    AddPlaced("textDocument/completion", &Features::Completion);
    AddPlaced("textDocument/hover", &Features::Hover);
    AddPlaced("textDocument/signatureHelp", &Features::SignatureHelp);
    AddPlaced("textDocument/definition", &Features::GoToDefinition);
    AddPlaced("textDocument/references", &Features::References);
    AddPlaced("textDocument/prepareRename", &Features::PrepareRename);
    requests_["completionItem/resolve"] = [this](const Json& params, std::string* result) {
      *result = features_.ResolveCompletion(params);
      return std::optional<Failure>();
    };
    requests_["textDocument/rename"] = [this](const Json& params, std::string* result) {
      return Rename(params, result);
    };
    requests_["textDocument/documentSymbol"] = [this](const Json& params, std::string* result) {
      const Document* document = Find(UriIn(params));
      if (document != nullptr) *result = features_.Symbols(*document);
      return std::optional<Failure>();
    };
    requests_["textDocument/codeAction"] = [this](const Json& params, std::string* result) {
      return CodeAction(params, result);
    };
    requests_["textDocument/formatting"] = [this](const Json& params, std::string* result) {
      return Format(params, result);
    };
    AddNotifications();
  }

  // What searches are compiled with lies in these.
  void WatchFiles() {
    if (!abilities_.watches_files) return;
    JsonText watchers = JsonText::Array();
    for (const char* glob : {"**/*.conf", "**/*.csv", "**/macros/*.yml", "**/lookups/*.yml",
                             "**/data/models/*.json", "**/.spelk-lint.yaml"}) {
      JsonText watcher = JsonText::Object();
      watchers.Add(watcher.SetText("globPattern", glob));
    }
    JsonText options = JsonText::Object();
    options.Set("watchers", watchers);
    JsonText registration = JsonText::Object();
    registration.SetText("id", "knowledge")
        .SetText("method", "workspace/didChangeWatchedFiles")
        .Set("registerOptions", options);
    JsonText params = JsonText::Object();
    params.Set("registrations", JsonText::Array().Add(registration));
    Send(Message()
             .SetText("id", "watch")
             .SetText("method", "client/registerCapability")
             .Set("params", params));
  }

  void AddNotifications() {
    notifications_["initialized"] = [this](const Json&) { WatchFiles(); };
    notifications_["textDocument/didOpen"] = [this](const Json& params) { Open(params); };
    notifications_["textDocument/didChange"] = [this](const Json& params) { Change(params); };
    notifications_["textDocument/didClose"] = [this](const Json& params) {
      Close(std::string(UriIn(params)));
    };
    notifications_["textDocument/didSave"] = [this](const Json& params) { Saved(UriIn(params)); };
    notifications_["workspace/didChangeWatchedFiles"] = [this](const Json& params) {
      bool forget = false;
      for (const Json& change : params["changes"].Items()) {
        forget = forget || IsKnowledge(PathOfUri(change["uri"].Text().value_or("")));
      }
      if (forget) Forget();
    };
    notifications_["workspace/didChangeConfiguration"] = [this](const Json& params) {
      const Json settings = params["settings"];
      ReadSettings(settings["spelk"] ? settings["spelk"] : settings);
      Forget();
    };
  }

  std::optional<Failure> Rename(const Json& params, std::string* result) {
    const auto position = PositionIn(params["position"]);
    const auto name = params["newName"].Text();
    const Document* document = Find(UriIn(params));
    if (!position || !name) return Failure{kInvalidParams, "position or newName is missing"};
    if (document == nullptr) return std::nullopt;
    const Result<std::string> edit = features_.Rename(*document, *position, *name);
    if (!edit.ok()) return Failure{kRequestFailed, edit.error().message()};
    *result = *edit;
    return std::nullopt;
  }

  std::optional<Failure> Format(const Json& params, std::string* result) {
    const Document* document = Find(UriIn(params));
    if (document == nullptr) return std::nullopt;
    const Result<std::string> edits = features_.Format(*document);
    if (!edits.ok()) return Failure{kRequestFailed, edits.error().message()};
    *result = *edits;
    return std::nullopt;
  }

  std::optional<Failure> CodeAction(const Json& params, std::string* result) {
    const auto begin = PositionIn(params["range"]["start"]);
    const auto end = PositionIn(params["range"]["end"]);
    if (!begin || !end) return Failure{kInvalidParams, "range is missing"};
    const Document* document = Find(UriIn(params));
    bool whole = false;
    for (const std::string& kind : params["context"]["only"].Texts()) {
      whole = whole || kind.starts_with("source");
    }
    if (document != nullptr) *result = features_.CodeActions(*document, *begin, *end, whole);
    return std::nullopt;
  }

  Workspace workspace_;
  ClientAbilities abilities_;
  Features features_;
  MessageReader reader_;
  const int output_;
  simdjson::dom::parser parser_{MessageReader::kMostBody};
  std::map<std::string, Request, std::less<>> requests_;
  std::map<std::string, Notification, std::less<>> notifications_;
  std::map<std::string, Document, std::less<>> documents_;
  Encoding encoding_ = Encoding::kUtf16;
  std::set<std::string> changed_;  // Whose diagnostics are due.
  bool initialized_ = false;
  bool shut_down_ = false;
  bool over_ = false;
};

}  // namespace

int Serve(Settings settings, int input, int output) {
  return Server(std::move(settings), input, output).Run();
}

}  // namespace spelk::cli::lsp
