// Pipes, messages and answers.
#include "lsp/client.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace spelk::tests {

LspClient::LspClient(const std::string& program, const std::vector<std::string>& arguments) {
  ::signal(SIGPIPE, SIG_IGN);
  int to[2];
  int from[2];
  if (::pipe2(to, O_CLOEXEC) != 0 || ::pipe2(from, O_CLOEXEC) != 0) std::abort();
  process_ = ::fork();
  if (process_ == 0) {
    ::dup2(to[0], STDIN_FILENO);
    ::dup2(from[1], STDOUT_FILENO);
    std::vector<char*> words;
    std::string name = program;
    std::string command = "lsp";
    words.push_back(name.data());
    words.push_back(command.data());
    std::vector<std::string> copies = arguments;
    for (std::string& argument : copies) words.push_back(argument.data());
    words.push_back(nullptr);
    ::execv(program.c_str(), words.data());
    ::_exit(127);
  }
  ::close(to[0]);
  ::close(from[1]);
  in_ = to[1];
  out_ = from[0];
}

LspClient::~LspClient() {
  if (process_ > 0) Close();
}

void LspClient::SendBytes(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(in_, bytes.data(), bytes.size());
    if (wrote <= 0) return;  // The server is gone: the test sees that by what does not come.
    bytes.remove_prefix(static_cast<size_t>(wrote));
  }
}

void LspClient::Send(std::string_view body) {
  SendBytes(fmt::format("Content-Length: {}\r\n\r\n{}", body.size(), body));
}

void LspClient::Notify(std::string_view method, std::string_view params) {
  Send(fmt::format(R"({{"jsonrpc":"2.0","method":"{}","params":{}}})", method, params));
}

Json LspClient::Request(std::string_view method, std::string_view params) {
  const std::string id = std::to_string(next_id_++);
  Send(fmt::format(R"({{"jsonrpc":"2.0","id":{},"method":"{}","params":{}}})", id, method, params));
  std::deque<Json> others;
  while (std::optional<Json> message = Next()) {
    if (TextAt(*message, "id") == id) {
      kept_.insert(kept_.begin(), others.begin(), others.end());
      return std::move(*message);
    }
    others.push_back(std::move(*message));
  }
  return {};
}

bool LspClient::Fill() {
  char block[65536];
  const ssize_t got = ::read(out_, block, sizeof(block));
  if (got <= 0) return false;
  buffer_.append(block, static_cast<size_t>(got));
  return true;
}

std::optional<Json> LspClient::Next() {
  if (!kept_.empty()) {
    Json first = std::move(kept_.front());
    kept_.pop_front();
    return first;
  }
  size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!Fill()) return std::nullopt;
  }
  constexpr std::string_view kName = "Content-Length: ";
  if (!buffer_.starts_with(kName)) return std::nullopt;
  const size_t length = std::strtoul(buffer_.c_str() + kName.size(), nullptr, 10);
  const size_t begin = end + 4;
  while (buffer_.size() < begin + length) {
    if (!Fill()) return std::nullopt;
  }
  std::optional<Json> message = ParseJson(std::string_view(buffer_).substr(begin, length));
  buffer_.erase(0, begin + length);
  return message;
}

std::optional<Json> LspClient::Await(std::string_view method) {
  while (std::optional<Json> message = Next()) {
    if (TextAt(*message, "method") == method) return At(*message, "params");
  }
  return std::nullopt;
}

int LspClient::Leave() {
  Request("shutdown", "null");
  Send(R"({"jsonrpc":"2.0","method":"exit"})");
  return Close();
}

int LspClient::Close() {
  ::close(in_);
  int status = 0;
  ::waitpid(process_, &status, 0);
  ::close(out_);
  process_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

void LspClient::Initialize(std::string_view options) {
  Request("initialize",
          fmt::format(R"({{"processId":null,"rootUri":null,"capabilities":{{"textDocument":)"
                      R"({{"completion":{{"completionItem":{{"snippetSupport":true}}}}}}}},)"
                      R"("initializationOptions":{}}})",
                      options));
  Notify("initialized", "{}");
}

Json LspClient::Open(std::string_view uri, std::string_view text) {
  Notify("textDocument/didOpen",
         fmt::format(R"({{"textDocument":{{"uri":{},"languageId":"spl","version":1,"text":{}}}}})",
                     QuotedJson(uri), QuotedJson(text)));
  const std::optional<Json> params = Await("textDocument/publishDiagnostics");
  return params ? At(*params, "diagnostics") : Json();
}

Json LspClient::Ask(std::string_view method, std::string_view uri, std::string_view marked,
                    std::string_view more) {
  const size_t mark = marked.find('^');
  const std::string_view before = marked.substr(0, mark);
  Open(uri, std::string(before) + std::string(marked.substr(mark + 1)));
  const auto line = std::count(before.begin(), before.end(), '\n');
  // Tests mark places in lines of ASCII.
  const size_t begin = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  const Json answer = Request(
      method,
      fmt::format(R"({{"textDocument":{{"uri":{}}},"position":{{"line":{},"character":{}}}{}}})",
                  QuotedJson(uri), line, before.size() - begin, more));
  return answer;
}

const Json& At(const Json& json, std::string_view path) {
  static const Json nothing;
  const Json* at = &json;
  while (!path.empty()) {
    const size_t dot = std::min(path.find('.'), path.size());
    const std::string name(path.substr(0, dot));
    path.remove_prefix(std::min(dot + 1, path.size()));
    if (at->kind == Json::Kind::kArray) {
      const size_t index = std::strtoul(name.c_str(), nullptr, 10);
      if (index >= at->items.size()) return nothing;
      at = &at->items[index];
      continue;
    }
    const Json* member = at->Find(name);
    if (member == nullptr) return nothing;
    at = member;
  }
  return *at;
}

std::string TextAt(const Json& json, std::string_view path) { return At(json, path).text; }

std::vector<std::string> EachText(const Json& array, std::string_view path) {
  std::vector<std::string> texts;
  for (const Json& item : array.items) texts.push_back(TextAt(item, path));
  return texts;
}

std::string RangeText(const Json& range) {
  return fmt::format("{}:{}-{}:{}", TextAt(range, "start.line"), TextAt(range, "start.character"),
                     TextAt(range, "end.line"), TextAt(range, "end.character"));
}

std::string QuotedJson(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20U) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace spelk::tests
