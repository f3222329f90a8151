// A client of the language server: runs the program, and talks to it as an editor does.
#pragma once

#include <sys/types.h>

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/json.h"

namespace spelk::tests {

class LspClient {
 public:
  explicit LspClient(const std::string& program, const std::vector<std::string>& arguments = {});
  LspClient(const LspClient&) = delete;
  ~LspClient();

  void SendBytes(std::string_view bytes);
  // `body` is JSON.
  void Send(std::string_view body);
  void Notify(std::string_view method, std::string_view params);
  // The answer, with `result` or `error`. Notifications that come before it are kept.
  Json Request(std::string_view method, std::string_view params);
  // The next message of any kind; nothing if the server has closed.
  std::optional<Json> Next();
  // The params of the next notification of that method; others are dropped.
  std::optional<Json> Await(std::string_view method);
  // Sends shutdown and exit; the exit code.
  int Leave();
  // Closes without a word; the exit code, or minus the signal.
  int Close();

  // ---- what most tests begin with

  void Initialize(std::string_view options = "{}");
  // Opens a document and takes its diagnostics.
  Json Open(std::string_view uri, std::string_view text);
  // A request about the place that `^` marks in a text, which is opened without the mark.
  Json Ask(std::string_view method, std::string_view uri, std::string_view marked,
           std::string_view more = "");

 private:
  bool Fill();

  pid_t process_ = -1;
  int in_ = -1;
  int out_ = -1;
  int next_id_ = 1;
  std::string buffer_;
  std::deque<Json> kept_;
};

// A member by a path of names and indices: "result.items.0.label". A null value if there is none.
const Json& At(const Json& json, std::string_view path);
std::string TextAt(const Json& json, std::string_view path);
// The labels of completion items, or another text of each item of an array.
std::vector<std::string> EachText(const Json& array, std::string_view path);
// "1:4-1:9", lines and characters as the protocol counts them.
std::string RangeText(const Json& range);
std::string QuotedJson(std::string_view text);

}  // namespace spelk::tests
