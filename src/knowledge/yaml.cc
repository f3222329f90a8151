// Building trees out of the events of libyaml.
#include "knowledge/yaml.h"

#include <fmt/format.h>
#include <yaml.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/status.h"
#include "value/utf8.h"

namespace spelk::knowledge {
namespace {

constexpr size_t kMostNodes = 500'000;

// What libyaml calls a problem, and what to do about it.
constexpr std::pair<std::string_view, std::string_view> kFixes[] = {
    {"mapping values are not allowed",
     "put a value with a colon in it in quotes, or begin it with | on lines of its own"},
    {"found character that cannot start any token",
     "put a value that begins with ` @ % or a tab in quotes; indent with blanks"},
    {"could not find expected ':'",
     "each key has a colon behind it; a text of several lines begins with | and is indented"},
    {"did not find expected key",
     "indent the keys of one map alike, and put a value with quotes in it in quotes as a whole"},
    {"did not find expected '-' indicator", "indent the items of one list alike"},
    {"found unexpected end of stream", "close the quote that begins before it"},
    {"found unknown escape character",
     "use single quotes, in which a backslash is itself, or double the backslash"},
    {"did not find expected ',' or", "close the list or map in brackets"},
    {"found undefined tag handle", "put a value that begins with ! in quotes"},
    {"did not find expected alphabetic or numeric character",
     "put a value that begins with & or * in quotes"},
    {"found undefined alias", "put a value that begins with * in quotes"},
    {"found a tab character", "indent with blanks"},
    {"block sequence entries are not allowed", "begin a list on the line after its key"},
    {"did not find expected <document start>", "indent what belongs to the key above"},
    {"control characters are not allowed", "take the control character out"}};

std::string_view FixOf(std::string_view problem) {
  for (const auto& [known, fix] : kFixes) {
    if (problem.find(known) != std::string_view::npos) return fix;
  }
  return "";
}

std::string Text(const yaml_char_t* text, size_t length) {
  return {reinterpret_cast<const char*>(text), length};
}

class YamlReader {
 public:
  YamlReader(std::string_view text, std::string_view file) : text_(text), file_(file) {}
  YamlReader(const YamlReader&) = delete;
  ~YamlReader() {
    if (made_) yaml_parser_delete(&parser_);
  }

  absl::StatusOr<std::vector<YamlNodePtr>> Read() {
    if (text_.size() > kMostYamlBytes) {
      return absl::ResourceExhaustedError(
          fmt::format("{} is longer than {} bytes", file_, kMostYamlBytes));
    }
    if (const size_t bad = FirstNotUtf8(text_); bad != std::string_view::npos) {
      const auto line =
          1 + std::count(text_.begin(), text_.begin() + static_cast<ptrdiff_t>(bad), '\n');
      return absl::InvalidArgumentError(
          fmt::format("{}:{}: byte 0x{:02x} is not UTF-8; save the file as UTF-8", file_, line,
                      static_cast<unsigned char>(text_[bad])));
    }
    made_ = yaml_parser_initialize(&parser_) == 1;
    if (!made_) return absl::ResourceExhaustedError("no memory to read YAML");
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text_.data()),
                                 text_.size());
    for (;;) {
      yaml_event_t event;
      if (yaml_parser_parse(&parser_, &event) == 0) return Problem();
      const yaml_event_type_t type = event.type;
      const absl::Status status = Take(event);
      yaml_event_delete(&event);
      SPELK_RETURN_IF_ERROR(status);
      if (type == YAML_STREAM_END_EVENT) return std::move(documents_);
    }
  }

 private:
  struct Open {
    std::shared_ptr<YamlNode> node;
    std::optional<std::string> key;  // Of the member whose value comes next.
    size_t key_column = 0;
    std::set<std::string> keys;
    std::string anchor;
  };

  absl::Status At(size_t line, size_t column, std::string_view what, std::string_view fix) const {
    return absl::InvalidArgumentError(
        fmt::format("{}:{}:{}: {}{}{}", file_, line, column, what, fix.empty() ? "" : "; ", fix));
  }

  absl::Status TooDeep(size_t line) const {
    return absl::ResourceExhaustedError(
        fmt::format("{}:{}: nested deeper than {}", file_, line, kMostYamlDepth));
  }

  absl::Status Problem() const {
    const std::string_view problem =
        parser_.problem == nullptr ? "this is no YAML" : parser_.problem;
    if (parser_.error == YAML_MEMORY_ERROR) {
      return absl::ResourceExhaustedError(fmt::format("no memory to read {}", file_));
    }
    // Of a text without an end, its beginning is what one looks for.
    const bool open = problem.find("end of stream") != std::string_view::npos;
    const yaml_mark_t& mark =
        open && parser_.context != nullptr ? parser_.context_mark : parser_.problem_mark;
    return At(mark.line + 1, mark.column + 1, problem, FixOf(problem));
  }

  absl::Status Take(const yaml_event_t& event) {
    const size_t line = event.start_mark.line + 1;
    switch (event.type) {
      case YAML_SCALAR_EVENT:
        return Scalar(event);
      case YAML_SEQUENCE_START_EVENT:
        return Begin(YamlNode::Kind::kList, line, event.data.sequence_start.anchor);
      case YAML_MAPPING_START_EVENT:
        return Begin(YamlNode::Kind::kMap, line, event.data.mapping_start.anchor);
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        return End();
      case YAML_ALIAS_EVENT: {
        const auto* name = reinterpret_cast<const char*>(event.data.alias.anchor);
        const auto found = anchors_.find(name);
        if (found == anchors_.end()) {
          return At(line, event.start_mark.column + 1, fmt::format("nothing is named &{}", name),
                    FixOf("found undefined alias"));
        }
        return Put(found->second, line);
      }
      case YAML_DOCUMENT_START_EVENT:
        anchors_.clear();
        return absl::OkStatus();
      default:
        return absl::OkStatus();
    }
  }

  absl::Status Scalar(const yaml_event_t& event) {
    const auto& scalar = event.data.scalar;
    auto node = std::make_shared<YamlNode>();
    node->text = Text(scalar.value, scalar.length);
    node->line = event.start_mark.line + 1;
    if (scalar.style == YAML_LITERAL_SCALAR_STYLE || scalar.style == YAML_FOLDED_SCALAR_STYLE) {
      ++node->line;
    }
    node->style = StyleOf(scalar.style);
    node->begin = OffsetOf(event.start_mark.index);
    node->end = OffsetOf(event.end_mark.index);
    node->key_column = event.start_mark.column;  // If it turns out to be one.
    if (!open_.empty() && open_.back().key) node->key_column = open_.back().key_column;
    const bool plain = scalar.style == YAML_PLAIN_SCALAR_STYLE;
    node->quoted = !plain;
    const bool null = plain && (node->text.empty() || node->text == "~" || node->text == "null");
    node->kind = null ? YamlNode::Kind::kNull : YamlNode::Kind::kText;
    if (null) node->text.clear();
    Remember(scalar.anchor, node);
    return Put(std::move(node), event.start_mark.line + 1);
  }

  static YamlNode::Style StyleOf(yaml_scalar_style_t style) {
    switch (style) {
      case YAML_SINGLE_QUOTED_SCALAR_STYLE:
        return YamlNode::Style::kSingleQuoted;
      case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
        return YamlNode::Style::kDoubleQuoted;
      case YAML_LITERAL_SCALAR_STYLE:
        return YamlNode::Style::kLiteral;
      case YAML_FOLDED_SCALAR_STYLE:
        return YamlNode::Style::kFolded;
      default:
        return YamlNode::Style::kPlain;
    }
  }

  // libyaml counts characters, and its marks go forward but for those of what is looked at twice.
  size_t OffsetOf(size_t character) {
    if (character < characters_) characters_ = bytes_ = 0;
    while (characters_ < character && bytes_ < text_.size()) {
      ++bytes_;
      while (bytes_ < text_.size() && (static_cast<unsigned char>(text_[bytes_]) & 0xC0U) == 0x80U)
        ++bytes_;
      ++characters_;
    }
    return bytes_;
  }

  void Remember(const yaml_char_t* anchor, YamlNodePtr node) {
    if (anchor != nullptr) anchors_[reinterpret_cast<const char*>(anchor)] = std::move(node);
  }

  absl::Status Begin(YamlNode::Kind kind, size_t line, const yaml_char_t* anchor) {
    if (open_.size() == kMostYamlDepth) return TooDeep(line);
    Open open{std::make_shared<YamlNode>(), std::nullopt, 0, {}, ""};
    open.node->kind = kind;
    open.node->line = line;
    if (anchor != nullptr) open.anchor = reinterpret_cast<const char*>(anchor);
    open_.push_back(std::move(open));
    return absl::OkStatus();
  }

  absl::Status End() {
    Open open = std::move(open_.back());
    open_.pop_back();
    if (!open.anchor.empty()) anchors_[open.anchor] = open.node;
    const size_t line = open.node->line;
    return Put(std::move(open.node), line);
  }

  absl::Status Put(YamlNodePtr node, size_t line) {
    if (++nodes_ > kMostNodes) {
      return absl::ResourceExhaustedError(
          fmt::format("{}:{}: more than {} parts", file_, line, kMostNodes));
    }
    if (open_.empty()) {
      documents_.push_back(std::move(node));
      return absl::OkStatus();
    }
    Open& to = open_.back();
    to.node->height = std::max(to.node->height, node->height + 1);
    if (to.node->height > kMostYamlDepth) return TooDeep(line);  // By what aliases name.
    if (to.node->kind == YamlNode::Kind::kList) {
      to.node->items.push_back(std::move(node));
      return absl::OkStatus();
    }
    if (!to.key) {
      if (node->kind != YamlNode::Kind::kText && node->kind != YamlNode::Kind::kNull) {
        return At(line, 1, "a key is a list or a map",
                  "put a key that begins with [ or { in quotes");
      }
      if (!to.keys.insert(node->text).second) {
        return At(line, 1, fmt::format("the key {} is there twice", node->text),
                  "take one of them out");
      }
      to.key = node->text;
      to.key_column = node->key_column;
      return absl::OkStatus();
    }
    to.node->members.emplace_back(std::move(*to.key), std::move(node));
    to.key.reset();
    return absl::OkStatus();
  }

  const std::string_view text_;
  const std::string_view file_;
  yaml_parser_t parser_{};
  bool made_ = false;
  std::vector<Open> open_;
  std::vector<YamlNodePtr> documents_;
  std::map<std::string, YamlNodePtr> anchors_;
  size_t nodes_ = 0;
  size_t characters_ = 0;  // So many lie before the byte.
  size_t bytes_ = 0;
};

}  // namespace

const YamlNode* YamlNode::Find(std::string_view name) const {
  for (const auto& [known, node] : members) {
    if (known == name) return node.get();
  }
  return nullptr;
}

std::string_view YamlNode::Text(std::string_view name) const {
  const YamlNode* node = Find(name);
  return node == nullptr ? std::string_view() : node->text;
}

std::vector<std::string> YamlNode::Texts(std::string_view name) const {
  const YamlNode* node = Find(name);
  std::vector<std::string> texts;
  if (node == nullptr) return texts;
  if (node->kind == Kind::kText) texts.push_back(node->text);
  for (const YamlNodePtr& item : node->items) {
    if (item->kind == Kind::kText) texts.push_back(item->text);
  }
  return texts;
}

absl::StatusOr<std::vector<YamlNodePtr>> ReadYaml(std::string_view text, std::string_view file) {
  return YamlReader(text, file).Read();
}

}  // namespace spelk::knowledge
